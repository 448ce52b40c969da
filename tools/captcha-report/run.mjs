// Measures the captcha image: its cost, its size, and how often Tesseract and a template matcher read it.
// Also writes contact sheets for people to read, with the answers in separate files.
//
// Options: --sheets N      writes N contact sheets (default 1)
//          --sheets-only   writes the contact sheets without measuring

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { contactSheet } from './contact-sheet.mjs';
import { drawCaptcha, drawControl } from './images.mjs';
import { readByColour, readByColumns, readBySliding } from './matcher.mjs';
import { FEATURES } from './templates.mjs';
import { hasTesseract, PLAIN_PREPARATIONS, readByTesseract, TAILORED_PREPARATIONS } from './tesseract.mjs';

const OUTPUT_FOLDER = join(import.meta.dirname, '..', '..', '.data', 'captcha-report');
const CAPTCHAS_PER_SHEET = 40;
const TESSERACT_SAMPLES = 200;
const MATCHER_SAMPLES = 100;
/** Controls only show that an attack works, so a few are enough. */
const CONTROL_SAMPLES = 20;
const TIMING_ROUNDS = 9;
const CAPTCHAS_PER_ROUND = 1000;

const tableRows = [];
const progress = (line) => process.stderr.write(`${line}\n`);
const repeat = (count, create) => Array.from({ length: count }, create);

/** Adds a row to the table. Without `max` the value has no target. `control` is the result for undistorted letters. */
function report({ name, value, max, unit, control = '' }) {
  const target = max === undefined ? ['none', ''] : [`at most ${max}`, value <= max ? 'met' : 'NOT MET'];
  tableRows.push([name, `${value} ${unit}`, ...target, control]);
}

function measureCost() {
  progress('measuring time and size');
  const captchas = repeat(CAPTCHAS_PER_ROUND, drawCaptcha);
  const milliseconds = repeat(TIMING_ROUNDS, () => {
    const before = process.cpuUsage();
    for (let n = 0; n < CAPTCHAS_PER_ROUND; n += 1) drawCaptcha();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / CAPTCHAS_PER_ROUND;
  });
  const median = milliseconds.toSorted((a, b) => a - b)[(TIMING_ROUNDS - 1) / 2];
  report({ name: 'CPU time per image', value: Number(median.toFixed(3)), max: 0.3, unit: 'ms' });
  const largest = Math.max(...captchas.map(({ png }) => png.length));
  report({ name: 'largest image', value: largest, max: 3000, unit: 'bytes' });
}

function measureTesseract() {
  if (!hasTesseract()) {
    tableRows.push(['read by Tesseract', 'not measured', '', '', 'needs apt-get install tesseract-ocr']);
    return;
  }
  progress('Tesseract: this takes several minutes');
  const captchas = repeat(TESSERACT_SAMPLES, drawCaptcha);
  const controls = repeat(CONTROL_SAMPLES, drawControl);
  const plain = readByTesseract(captchas, PLAIN_PREPARATIONS);
  report({
    name: `read by Tesseract in any of ${plain.attempts} ways`,
    value: plain.read,
    max: 6,
    unit: `of ${TESSERACT_SAMPLES}`,
    control: `${readByTesseract(controls, PLAIN_PREPARATIONS).read} of ${CONTROL_SAMPLES}`,
  });
  const tailored = readByTesseract(captchas, TAILORED_PREPARATIONS);
  report({
    name: `read by Tesseract in any of ${tailored.attempts} ways, lower half inverted first`,
    value: tailored.read,
    unit: `of ${TESSERACT_SAMPLES}`,
  });
}

function measureMatchers() {
  const captchas = repeat(MATCHER_SAMPLES, drawCaptcha);
  const controls = repeat(CONTROL_SAMPLES, drawControl);
  const matchers = [
    { segmentation: 'colour', readText: readByColour, max: 5 },
    { segmentation: 'columns', readText: readByColumns, max: 5 },
    // Needs no gaps between letters. It is reported without a target.
    { segmentation: 'sliding window', readText: readBySliding },
  ];
  for (const { segmentation, readText, max } of matchers)
    for (const feature of FEATURES) {
      const name = `read by template matcher: ${segmentation}, ${feature}`;
      progress(name);
      const countRead = (images) => images.filter(({ text, png }) => readText(png, feature) === text).length;
      report({
        name,
        value: countRead(captchas),
        max,
        unit: `of ${MATCHER_SAMPLES}`,
        control: `${countRead(controls)} of ${CONTROL_SAMPLES}`,
      });
    }
}

function writeSheet(number) {
  const captchas = repeat(CAPTCHAS_PER_SHEET, drawCaptcha);
  const sheet = join(OUTPUT_FOLDER, `sheet-${number}.png`);
  const answers = join(OUTPUT_FOLDER, `answers-${number}.txt`);
  writeFileSync(sheet, contactSheet(captchas));
  writeFileSync(answers, captchas.map(({ text }, index) => `${index + 1} ${text}\n`).join(''));
  console.log(`Read the ${CAPTCHAS_PER_SHEET} captchas of ${sheet}, then compare with ${answers}.`);
}

function printTable() {
  const table = [['', 'measured', 'target', '', 'undistorted letters'], ...tableRows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table) {
    const cells = row.map((cell, column) => cell.padEnd(widths[column]));
    console.log(cells.join('  ').trimEnd());
  }
}

const { values: options } = parseArgs({
  options: { sheets: { type: 'string', default: '1' }, 'sheets-only': { type: 'boolean', default: false } },
});
mkdirSync(OUTPUT_FOLDER, { recursive: true });
for (let number = 1; number <= Number(options.sheets); number += 1) writeSheet(number);
if (!options['sheets-only']) {
  measureCost();
  measureMatchers();
  measureTesseract();
  printTable();
}
