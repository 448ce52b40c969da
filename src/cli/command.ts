// The command line: one program, its commands, their help and their two forms of output.

import { parseArgs } from 'node:util';
import type { Environment } from '../config/load-config.ts';
import { UsageError } from './usage-error.ts';

/** How a command is called. */
export interface Invocation {
  readonly args: readonly string[];
  readonly isConfirmed: boolean;
  readonly environment: Environment;
  /** The directory of the embedded database and of generated keys. */
  readonly dataDirectory: string;
  /** Shows a line while the command runs. With `--json` it goes to the standard error. */
  readonly progress: (line: string) => void;
}

/** What a command prints at its end. */
export interface CommandResult {
  readonly lines: readonly string[];
  /** The same for programs, as one JSON document. */
  readonly json: unknown;
  /** 1 if the result is a failure. */
  readonly exitCode?: 0 | 1;
}

export interface Command {
  readonly name: string;
  /** The form of the arguments: `<mobile> …`. */
  readonly args: string;
  /** One line. */
  readonly summary: string;
  /** What an operator should know, in lines. */
  readonly help: readonly string[];
  /** Whether it asks for a confirmation, which `--yes` replaces. */
  readonly asksForConfirmation?: true;
  /** Without a result, the command has written its output itself. */
  readonly run: (invocation: Invocation) => Promise<CommandResult | undefined>;
}

/** The name of a command, and how it is loaded. */
export type CommandEntry = readonly [name: string, load: () => Promise<Command>];

const PROGRAM = 'yanzheng';
const NAME_WIDTH = 18;

export interface CommandLine {
  readonly argv: readonly string[];
  readonly environment: Environment;
  readonly dataDirectory: string;
  readonly version: string;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

/**
 * Runs the command that the arguments name, the first one without a name.
 * @returns the exit code.
 * @throws UsageError for an unknown command or option, and the errors of the command.
 */
export async function runCommand(commands: readonly CommandEntry[], line: CommandLine): Promise<number> {
  const { values, positionals } = parse(line.argv);
  const [name, ...args] = positionals;
  if (values.version) return printed(line, [line.version]);
  if (values.help && name === undefined) {
    const loaded = await Promise.all(commands.map(([, load]) => load()));
    return printed(line, overview(loaded));
  }
  const entry = name === undefined ? commands[0] : commands.find(([other]) => other === name);
  if (entry === undefined)
    throw new UsageError(`There is no command ${name}. ${PROGRAM} --help lists the commands.`);
  const command = await entry[1]();
  if (values.help) return printed(line, helpOf(command));

  const result = await command.run({
    args,
    isConfirmed: values.yes,
    environment: line.environment,
    dataDirectory: line.dataDirectory,
    progress: values.json ? line.printError : line.print,
  });
  if (result === undefined) return 0;
  printed(line, values.json ? [JSON.stringify(result.json)] : result.lines);
  return result.exitCode ?? 0;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        json: { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}. ${PROGRAM} --help lists the options.`);
  }
}

function printed({ print }: CommandLine, lines: readonly string[]): 0 {
  for (const text of lines) print(text);
  return 0;
}

function overview(commands: readonly Command[]): string[] {
  return [
    `usage: ${PROGRAM} <command> [options]`,
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(NAME_WIDTH)}${summary}`),
    '',
    'Options of all commands:',
    '  --help    explains a command',
    '  --json    prints the result as one JSON document',
    '  --version prints the version',
    '',
    'The settings come from the environment and from .env in the working directory.',
  ];
}

function helpOf({ name, args, summary, help, asksForConfirmation }: Command): string[] {
  const options = [args, asksForConfirmation && '[--yes]', '[--json]'].filter(Boolean).join(' ');
  return [`usage: ${PROGRAM} ${name} ${options}`, '', summary, '', ...help];
}
