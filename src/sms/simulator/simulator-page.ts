// The page of the simulator: what arrived, the magic numbers, and the settings to copy. It has no scripts.

import { createHash } from 'node:crypto';
import { chinaTimestamp } from '../../common/china-time.ts';
import { MAGIC_NUMBERS, ORDINARY } from './magic-numbers.ts';
import type { AcceptedSms } from './provider-simulation.ts';

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d0d7de, #3d444d); --soft: light-dark(#f6f8fa, #151b23); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; }
td:first-child, code { font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; overflow-x: auto; padding: .75rem; }
code { font: 13px ui-monospace, monospace; }`;

/** Nothing loads but the style of the page. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function simulatorPage(messages: readonly AcceptedSms[], settingsLines: readonly string[]): string {
  const rows = messages.map((sms) =>
    row([
      timeOf(sms),
      sms.provider,
      sms.mobile,
      sms.text,
      sms.state,
      code(sms.messageId),
      code(sms.attemptId ?? ''),
    ]),
  );
  const magicNumbers = Object.entries(MAGIC_NUMBERS).map(([digits, { meaning }]) =>
    row([`…${digits}`, meaning]),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>SMS simulator</title>
<style>${STYLE}</style>
<h1>SMS simulator</h1>
<p>No SMS leaves this machine. The page shows the latest ones and reloads every five seconds.</p>
${messages.length === 0 ? '<p>No SMS has arrived yet.</p>' : table(['Time', 'Provider', 'Mobile', 'Text', 'State', 'Message id', 'Attempt'], rows)}
<h2>Magic numbers</h2>
<p>The last four digits of a mobile choose what happens. Every other number is ${escapeHtml(ORDINARY.meaning)}.</p>
${table(['Mobile', 'What happens'], magicNumbers)}
<h2>Settings of Yanzheng</h2>
<pre>${escapeHtml(settingsLines.join('\n'))}</pre>
</html>
`;
}

function table(titles: readonly string[], rows: readonly string[]): string {
  const head = titles.map((title) => `<th>${escapeHtml(title)}</th>`).join('');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

interface Markup {
  readonly markup: string;
}

function row(cells: readonly (string | Markup)[]): string {
  return `<tr>${cells.map((cell) => `<td>${typeof cell === 'string' ? escapeHtml(cell) : cell.markup}</td>`).join('')}</tr>`;
}

function code(text: string): Markup {
  return { markup: `<code>${escapeHtml(text)}</code>` };
}

/** The time in China: `00:30:01`. */
function timeOf({ acceptedAtMs }: AcceptedSms): string {
  return chinaTimestamp(acceptedAtMs)
    .slice(8)
    .replace(/(\d\d)(?=\d)/g, '$1:');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
