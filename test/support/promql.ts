// Reads the metrics and the labels that a PromQL expression names.

import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

export interface PromqlNames {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
}

/** @throws Error if the expression does not parse. */
export function promqlNames(expression: string): PromqlNames {
  // Variables of Grafana stand for a duration.
  const text = expression.replaceAll(/\$__(rate_interval|range|interval)/g, '5m');
  const [metrics, labels]: [string[], string[]] = [[], []];
  parser.parse(text).iterate({
    enter({ name, node }) {
      if (name === '⚠') throw new Error(`not PromQL: ${expression}`);
      if (name === 'VectorSelector') metrics.push(...textOf(node, 'Identifier', text));
      if (name === 'LabelName') labels.push(text.slice(node.from, node.to));
    },
  });
  return { metrics, labels };
}

function textOf(node: SyntaxNode, kind: string, text: string): string[] {
  return node.getChildren(kind).map(({ from, to }) => text.slice(from, to));
}
