// Generates the types of the SDK's operations from schema.graphql. They have no code at run time.

export default {
  schema: '../../schema.graphql',
  documents: '../../web/sdk/src/operations.ts',
  generates: {
    '../../web/sdk/src/generated/operations.ts': {
      plugins: ['typescript-operations'],
      config: {
        useTypeImports: true,
        enumType: 'string-literal',
        strictScalars: true,
        scalars: { DateTimeISO: 'string', ID: 'string' },
      },
    },
  },
};
