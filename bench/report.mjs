// Summarizes the measurements in a table: medians of the rounds.

export function median(values) {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The interval that contains the true median with at least 95 % probability: by the sign test, from order statistics. The
 * whole range if there are too few values.
 */
export function medianInterval(values) {
  const sorted = values.toSorted((a, b) => a - b);
  let tail = 0.5 ** sorted.length; // the probability that fewer than `skipped + 1` values lie below the median
  let skipped = 0;
  for (let probability = tail; tail < 0.025; skipped += 1) {
    probability *= (sorted.length - skipped) / (skipped + 1);
    tail += probability;
  }
  skipped = Math.max(0, skipped - 1);
  return { lowest: sorted[skipped], highest: sorted[sorted.length - 1 - skipped] };
}

export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

const slicesOf = (slices, operation, server) =>
  slices.filter((slice) => slice.operation === operation && slice.server === server);

/** Without the warm-up, whose rounds have negative numbers. */
const measured = (slices, operation, server) =>
  slicesOf(slices, operation, server).filter(({ round }) => round >= 0);

/** A figure relative to that of `against`, in each round: other load on the machine affects both servers. */
function ratios(slices, operation, server, against, figure = 'perSecond') {
  const others = measured(slices, operation, against);
  return measured(slices, operation, server).map((slice, round) => slice[figure] / others[round]?.[figure]);
}

export function summarize(operations, slices) {
  return operations.flatMap(({ name, servers }) =>
    Object.keys(servers).map((server) => {
      const own = measured(slices, name, server);
      const toFloor = ratios(slices, name, server, 'floor');
      const middle = (field) => median(own.map((slice) => slice[field]));
      return {
        operation: name,
        server,
        toFloor: median(toFloor),
        lowest: Math.min(...toFloor),
        highest: Math.max(...toFloor),
        p50Ms: middle('p50Ms'),
        p99Ms: middle('p99Ms'),
        cpuMicros: middle('cpuMicros'),
        busy: middle('busy'),
        residentMb: middle('residentMb'),
        errors: slicesOf(slices, name, server).reduce((sum, slice) => sum + slice.errors, 0),
      };
    }),
  );
}

export function judge(operations, slices) {
  return operations.flatMap(({ name, targets }) =>
    targets.map(({ server, against, atLeast }) => {
      const reached = median(ratios(slices, name, server, against));
      return { operation: name, server, against, atLeast, reached, isMet: reached >= atLeast };
    }),
  );
}

/** The current build relative to the previous one, for each operation that both have. */
export function compareBuilds(operations, slices) {
  return operations
    .filter(({ servers }) => servers.previous)
    .map(({ name }) => {
      const throughput = ratios(slices, name, 'current', 'previous');
      const cpu = ratios(slices, name, 'current', 'previous', 'cpuMicros');
      return {
        operation: name,
        throughput: median(throughput),
        lowest: Math.min(...throughput),
        highest: Math.max(...throughput),
        cpu: median(cpu),
      };
    });
}

export const fixed = (value, digits) => (Number.isFinite(value) ? value.toFixed(digits) : '–');

export function render({ summary, verdicts, comparisons }) {
  const tables = [renderSummary(summary), renderVerdicts(verdicts)];
  if (comparisons.length > 0) tables.push(renderComparisons(comparisons));
  return tables.map((rows) => align(rows, 2).join('\n')).join('\n\n');
}

function renderSummary(summary) {
  const header = [
    '',
    'server',
    'req/s ÷ floor',
    '(min – max)',
    'p50 ms',
    'p99 ms',
    'CPU µs',
    'core %',
    'RSS MB',
    'errors',
  ];
  const rows = summary.map((row, index) => [
    row.operation === summary[index - 1]?.operation ? '' : row.operation,
    row.server,
    fixed(row.toFloor, 2),
    range(row),
    fixed(row.p50Ms, 1),
    fixed(row.p99Ms, 1),
    fixed(row.cpuMicros, 0),
    fixed(row.busy * 100, 0),
    fixed(row.residentMb, 0),
    String(row.errors),
  ]);
  return [header, ...rows];
}

function renderVerdicts(verdicts) {
  const rows = verdicts.map(({ operation, server, against, atLeast, reached, isMet }) => [
    operation,
    `${server} ≥ ${atLeast} × ${against}`,
    fixed(reached, 2),
    isMet ? 'met' : 'not met',
  ]);
  return [['target', '', 'reached', ''], ...rows];
}

function renderComparisons(comparisons) {
  const rows = comparisons.map((row) => [
    row.operation,
    '',
    fixed(row.throughput, 2),
    range(row),
    fixed(row.cpu, 2),
  ]);
  return [['current ÷ previous', '', 'req/s', '(min – max)', 'CPU µs'], ...rows];
}

export const range = ({ lowest, highest }) => `${fixed(lowest, 2)} – ${fixed(highest, 2)}`;

/** Aligns the first columns to the left and the others to the right. */
export function align(rows, leftColumns) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < leftColumns ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
}
