// Generates the typed documents of the web pages from schema.graphql and the operations of the pages.

const generated = '../../web/src/verification/generated/';

export default {
  schema: '../../schema.graphql',
  documents: '../../web/src/verification/operations.graphql',
  emitLegacyCommonJSImports: false,
  importExtension: '',
  generates: {
    [generated]: {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumType: 'string-literal',
        strictScalars: true,
        scalars: { DateTimeISO: 'string', ID: 'string' },
      },
    },
    [`${generated}possible-types.ts`]: {
      plugins: ['fragment-matcher'],
      config: { useExplicitTyping: true },
    },
  },
};
