// Takes what one tab was answered into the variables of another.

import { parseJSONC, pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { type OperationName, TABS } from './tabs.ts';

type Answer = Readonly<Record<string, unknown>>;

/** The answer that has such a field: the one of the open tab, or else of the first tab that has one. */
export function useAnswerWith(field: string): Answer | undefined {
  const { tabs, activeTabIndex } = useGraphiQL(pick('tabs', 'activeTabIndex'));
  return [tabs[activeTabIndex], ...tabs]
    .flatMap((tab) => answersIn(tab?.response))
    .find((answer) => typeof answer[field] === 'string');
}

function answersIn(response: string | null | undefined): Answer[] {
  if (!response) return [];
  try {
    const { data } = JSON.parse(response);
    return Object.values(data ?? {}).filter((answer): answer is Answer => answer instanceof Object);
  } catch {
    return []; // the service is away, and GraphiQL says so in words
  }
}

/** Opens the tab of an operation with these fields in its input. */
export function useHandOver(): (operation: OperationName, fields: Record<string, string>) => void {
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
    // GraphiQL reads the name from the document a moment later, and somebody may run it before
    setOperationName(operation);
    variableEditor?.setValue(withInput(variableEditor.getValue() || TABS[operation].variables, fields));
    variableEditor?.focus();
  };
}

function withInput(variables: string | null, fields: Record<string, string>): string {
  const parsed = parsedVariables(variables);
  return JSON.stringify({ ...parsed, input: { ...parsed.input, ...fields } }, null, 2);
}

function parsedVariables(variables: string | null): { input?: Record<string, unknown> } {
  try {
    return parseJSONC(variables ?? '') ?? {};
  } catch {
    return {}; // nobody could have sent it
  }
}
