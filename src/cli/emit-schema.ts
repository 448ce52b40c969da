// Writes schema.graphql, or the file that the argument names, and possible-types.json beside it. Opens no connection.

import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { printSchema } from 'graphql';
import { possibleTypes } from '../graphql/possible-types.ts';
import { createSchema } from '../graphql/schema.ts';
import { resolvers } from '../resolvers.ts';

const file = process.argv[2] ?? 'schema.graphql';
const schema = createSchema(resolvers);
writeFileSync(file, `${printSchema(schema)}\n`);
writeFileSync(
  join(dirname(file), 'possible-types.json'),
  `${JSON.stringify(possibleTypes(schema), null, 2)}\n`,
);
