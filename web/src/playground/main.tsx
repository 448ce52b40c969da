// GraphiQL with one tab for each step of a verification.

import 'graphiql/setup-workers/vite';
// The styles of GraphiQL without its fonts. They are data URIs, which the content security policy forbids.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './playground.css';

import { pick, useGraphiQL } from '@graphiql/react';
import { GraphiQL, type GraphiQLProps, HISTORY_PLUGIN } from 'graphiql';
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { CAPTCHA_PLUGIN } from './captcha-plugin.tsx';
import { TABS } from './tabs.ts';

const fetcher: GraphiQLProps['fetcher'] = async (params, options) => {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...options?.headers },
    body: JSON.stringify(params),
  });
  return response.json();
};

/** Wraps long lines: the comments are paragraphs, and a captcha contains a whole image. */
function WrappedLines() {
  const editors = useGraphiQL(pick('queryEditor', 'variableEditor', 'headerEditor', 'responseEditor'));
  useEffect(() => {
    for (const editor of Object.values(editors)) editor?.updateOptions({ wordWrap: 'on', fontSize: 13 });
  }, [editors]);
  return null;
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={Object.values(TABS)}
    plugins={[CAPTCHA_PLUGIN, HISTORY_PLUGIN]}
    visiblePlugin={CAPTCHA_PLUGIN}
    defaultEditorToolsVisibility="variables"
  >
    <GraphiQL.Logo>
      <h1>Yanzheng</h1>
    </GraphiQL.Logo>
    <WrappedLines />
  </GraphiQL>,
);
