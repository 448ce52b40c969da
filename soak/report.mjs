// Prints the samples and the verdicts.

const COLUMNS = [
  { title: 'time s', value: ({ seconds }) => seconds.toFixed(0) },
  { title: 'flows', value: ({ flows }) => flows },
  { title: 'requests', value: ({ requests }) => requests },
  { title: 'in flight', value: ({ inFlight }) => inFlight },
  { title: 'RSS MB', value: (sample) => fixed(sample.residentMb, 1) },
  { title: 'heap MB', value: ({ heapMb }) => fixed(heapMb, 2) },
  { title: 'loop p99 ms', value: ({ loopP99Ms }) => fixed(loopP99Ms, 1) },
  { title: 'own p99 ms', value: ({ ownLoopP99Ms }) => fixed(ownLoopP99Ms, 1) },
  { title: 'sockets', value: ({ sockets }) => sockets ?? '–' },
  { title: 'Redis keys', value: ({ redisKeys }) => redisKeys },
  { title: 'Redis MB', value: ({ redisMb }) => fixed(redisMb, 1) },
];
const COLUMN_WIDTH = 11;
const PROBLEMS_SHOWN = 10;

const fixed = (value, digits) => (value === undefined ? '–' : value.toFixed(digits));
const row = (cells) => cells.map((cell) => String(cell).padStart(COLUMN_WIDTH)).join(' ');

export function printHeader() {
  console.log(row(COLUMNS.map(({ title }) => title)));
}

export function printSample(sample) {
  console.log(row(COLUMNS.map(({ value }) => value(sample))));
}

export function printVerdicts(verdicts, flows, warmUpSeconds) {
  console.log(`\nAfter a warm-up of ${warmUpSeconds.toFixed(0)} s:\n`);
  console.log([' '.repeat(52), 'measured'.padStart(10), 'at most'.padStart(10)].join(' '));
  for (const { name, measured, limit, isMet } of verdicts) {
    const cells = [name.padEnd(52), fixed(measured, 3).padStart(10), String(limit).padStart(10)];
    console.log([...cells, isMet ? '' : '  EXCEEDED'].join(' ').trimEnd());
  }
  if (flows.unexpected.size > 0) console.log('\nUnexpected responses, the most frequent ones:');
  const mostFrequent = [...flows.unexpected].sort(([, a], [, b]) => b - a).slice(0, PROBLEMS_SHOWN);
  for (const [problem, count] of mostFrequent) console.log(`${String(count).padStart(8)} × ${problem}`);
  const exceeded = verdicts.filter(({ isMet }) => !isMet).map(({ name }) => name);
  console.log(exceeded.length === 0 ? '\nNothing grows.' : `\nFAILED: ${exceeded.join('; ')}.`);
}
