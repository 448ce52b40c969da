// Sums up profiles of V8: by package, and by our own functions.

import { pathToFileURL } from 'node:url';

/** Not the work of the service: waiting, and the profiler. */
const isOther = ({ functionName, url }) => /^\((idle|root)\)$/.test(functionName) || url === 'node:inspector';

/**
 * @param profile  in the format of the DevTools protocol, `Profiler.Profile`
 * @param checkout the directory of the service
 * @returns the busy time in microseconds, the time of each package without what it calls, and of each of our functions with
 *   what it calls.
 */
export function summarizeCpu({ nodes, samples, timeDeltas }, checkout) {
  const byId = new Map(nodes.map((node) => [node.id, { ...node, self: 0 }]));
  for (const [index, id] of samples.entries()) byId.get(id).self += Math.max(0, timeDeltas[index]);
  for (const node of byId.values()) if (isOther(node.callFrame)) node.self = 0;
  for (const node of byId.values()) node.children = (node.children ?? []).map((id) => byId.get(id));
  const root = byId.get(nodes[0].id);
  const { total, packages, functions } = summarize(root, checkout);
  return { busyMicros: total, packages: rows(packages, 'micros'), functions: rows(functions, 'micros') };
}

/** The same for the bytes of a `HeapProfiler.SamplingHeapProfile`. */
export function summarizeAllocations({ head }, checkout) {
  const withSelf = (node) => ({ ...node, self: node.selfSize, children: node.children.map(withSelf) });
  const { total, packages, functions } = summarize(withSelf(head), checkout);
  return { bytes: total, packages: rows(packages, 'bytes'), functions: rows(functions, 'bytes') };
}

function summarize(root, checkout) {
  const ours = `${pathToFileURL(checkout).href}/dist/`;
  const packages = new Map();
  const functions = new Map();
  const add = (map, name, value) => map.set(name, (map.get(name) ?? 0) + value);

  /** A function that calls itself counts once. @returns the value of the node with all below it. */
  const visit = (node, callers) => {
    const { functionName, url, lineNumber } = node.callFrame;
    add(packages, packageOf(functionName, url, ours), node.self);
    const name =
      url.startsWith(ours) && `${functionName || `(line ${lineNumber + 1})`}  ${url.slice(ours.length)}`;
    const inside = name ? new Set([...callers, name]) : callers;
    const sum = node.children.reduce((total, child) => total + visit(child, inside), node.self);
    if (name && !callers.has(name)) add(functions, name, sum);
    return sum;
  };
  const total = visit(root, new Set());
  return { total, packages, functions };
}

function packageOf(functionName, url, ours) {
  if (url.startsWith(ours)) return 'yanzheng';
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  if (name) return name;
  if (url.startsWith('node:')) return url;
  return functionName.startsWith('(') ? functionName : `native ${functionName}`;
}

function rows(map, field) {
  return [...map]
    .map(([name, value]) => ({ name, [field]: value }))
    .filter((row) => row[field] > 0)
    .sort((a, b) => b[field] - a[field]);
}
