// Writes schema.graphql, or the file that the argument names. Opens no connection.

import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { createSchema } from '../graphql/schema.ts';
import { resolvers } from '../resolvers.ts';

writeFileSync(process.argv[2] ?? 'schema.graphql', `${printSchema(createSchema(resolvers))}\n`);
