// Measures what the captcha's picture promises: machines at hand do not read it, and it costs next to nothing.
// Whether a person reads it is for a person to say, from the contact sheet.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contactSheet } from './contact-sheet.mjs';
import { readByColour, readByColumns, readBySliding } from './matcher.mjs';
import { drawOne, drawPlainly } from './pictures.mjs';
import { FEATURES } from './templates.mjs';
import { hasTesseract, readByTesseract } from './tesseract.mjs';

const FOLDER = join(import.meta.dirname, '..', '..', '.data', 'captcha-report');
const ON_THE_SHEET = 40;
const FOR_TESSERACT = 200;
const FOR_MATCHERS = 100;
/** Few, because it only has to show that the attack works. */
const CONTROLS = 20;
const ROUNDS = 9;
const PICTURES_A_ROUND = 1000;

const rows = [];
const say = (line) => process.stderr.write(`${line}\n`);
const times = (count, make) => Array.from({ length: count }, make);

/** `value` is to be `atMost`, if that is given; `control` says how the same attack fares with plain letters. */
function measured(what, value, atMost, unit, control = '') {
  const verdict = Number(value) <= atMost ? 'met' : 'NOT MET';
  const target = atMost === undefined ? ['none', ''] : [`at most ${atMost}`, verdict];
  rows.push([what, `${value} ${unit}`, ...target, control]);
}

function measureCost() {
  say('drawing');
  const pictures = times(PICTURES_A_ROUND, drawOne);
  const milliseconds = times(ROUNDS, () => {
    const before = process.cpuUsage();
    for (let n = 0; n < PICTURES_A_ROUND; n += 1) drawOne();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / PICTURES_A_ROUND;
  });
  measured(
    'time on one core',
    milliseconds.toSorted((a, b) => a - b)[(ROUNDS - 1) / 2].toFixed(3),
    0.3,
    'ms',
  );
  const sizes = pictures.map(({ png }) => png.length);
  measured('size of the largest', Math.max(...sizes), 3000, 'bytes');
}

function measureTesseract() {
  if (!hasTesseract()) {
    rows.push(['read by Tesseract', 'not measured', 'at most 2', '', 'apt-get install tesseract-ocr']);
    return;
  }
  say('Tesseract reads, some minutes');
  const { read, ways } = readByTesseract(times(FOR_TESSERACT, drawOne));
  const control = readByTesseract(times(CONTROLS, drawPlainly)).read;
  measured(
    `read by Tesseract in any of ${Object.keys(ways).length} ways`,
    read,
    2,
    `of ${FOR_TESSERACT}`,
    `${control} of ${CONTROLS}`,
  );
}

function measureMatchers() {
  const pictures = times(FOR_MATCHERS, drawOne);
  const controls = times(CONTROLS, drawPlainly);
  const matchers = [
    ['colour', readByColour, 5],
    ['columns', readByColumns, 5],
    // It needs no gaps between letters, and what it reads is told without a target.
    ['sliding window', readBySliding, undefined],
  ];
  for (const [name, read, atMost] of matchers)
    for (const feature of FEATURES) {
      say(`template matcher reads, ${name}, ${feature}`);
      const right = (some) => some.filter(({ text, png }) => read(png, feature) === text).length;
      const control = `${right(controls)} of ${CONTROLS}`;
      measured(
        `read by template matcher: ${name}, ${feature}`,
        right(pictures),
        atMost,
        `of ${FOR_MATCHERS}`,
        control,
      );
    }
}

function writeSheet() {
  const pictures = times(ON_THE_SHEET, drawOne);
  mkdirSync(FOLDER, { recursive: true });
  const [sheet, texts] = ['contact-sheet.png', 'texts.txt'].map((name) => join(FOLDER, name));
  writeFileSync(sheet, contactSheet(pictures));
  writeFileSync(texts, `${pictures.map(({ text }) => text).join('\n')}\n`);
  return { sheet, texts };
}

function printTable() {
  const all = [['', 'measured', 'target', '', 'plain letters'], ...rows];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  for (const row of all)
    console.log(
      row
        .map((cell, n) => cell.padEnd(widths[n]))
        .join('  ')
        .trimEnd(),
    );
}

const { sheet, texts } = writeSheet();
measureCost();
measureMatchers();
measureTesseract();
printTable();
console.log(`
Read the ${ON_THE_SHEET} pictures of ${sheet}
and compare with ${texts}, row by row: a person is to read at least 38.`);
