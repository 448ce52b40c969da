// Copies fields from the result of one tab into the variables of another.

import { parseJSONC, pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { type OperationName, TABS } from './tabs.ts';

type Result = Readonly<Record<string, unknown>>;

/** The result of the open tab if it has the field, else the first result that has it. */
export function useResultWith(field: string): Result | undefined {
  const { tabs, activeTabIndex } = useGraphiQL(pick('tabs', 'activeTabIndex'));
  return [tabs[activeTabIndex], ...tabs]
    .flatMap((tab) => resultsIn(tab?.response))
    .find((result) => typeof result[field] === 'string');
}

function resultsIn(response: string | null | undefined): Result[] {
  if (!response) return [];
  try {
    const { data } = JSON.parse(response);
    return Object.values(data ?? {}).filter((result): result is Result => result instanceof Object);
  } catch {
    return []; // The service is down: GraphiQL shows the error as text.
  }
}

/** Returns a function that opens the tab of an operation and sets fields of its input, or its variables if it has none. */
export function useFillVariables(): (operation: OperationName, fields: Record<string, string>) => void {
  const { addTab, changeTab, setOperationName } = useGraphiQLActions();
  const { tabs, activeTabIndex, queryEditor, variableEditor } = useGraphiQL(
    pick('tabs', 'activeTabIndex', 'queryEditor', 'variableEditor'),
  );
  return (operation, fields) => {
    const index = tabs.findIndex((tab) => tab.operationName === operation);
    if (index === -1) {
      addTab();
      queryEditor?.setValue(TABS[operation].query);
    } else if (index !== activeTabIndex) {
      changeTab(index);
    }
    // GraphiQL parses the document with a delay. Until then, running it would use the name of the previous tab.
    setOperationName(operation);
    variableEditor?.setValue(withFields(variableEditor.getValue() || TABS[operation].variables, fields));
    variableEditor?.focus();
  };
}

function withFields(variables: string | null, fields: Record<string, string>): string {
  const parsed = parseVariables(variables);
  const filled =
    'input' in parsed ? { ...parsed, input: { ...parsed.input, ...fields } } : { ...parsed, ...fields };
  return JSON.stringify(filled, null, 2);
}

function parseVariables(variables: string | null): { input?: Record<string, unknown> } {
  try {
    return parseJSONC(variables ?? '') ?? {};
  } catch {
    return {}; // Invalid JSON cannot be sent. Replacing it loses nothing.
  }
}
