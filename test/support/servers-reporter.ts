import { missingMarks } from './missing-programs.ts';

interface RunResults {
  testResults: { testResults: { status: string; fullName: string }[] }[];
}

/** Prints the servers of a run at its end, and the number of tests that a missing program skipped. */
export default class ServersReporter {
  onRunComplete(_contexts: unknown, results: RunResults): void {
    const skipped = results.testResults
      .flatMap((file) => file.testResults)
      .filter((test) => test.status === 'pending');
    const lines = [process.env.TEST_SERVERS ?? 'The servers of this run did not start.'];
    for (const mark of missingMarks) {
      const count = skipped.filter((test) => test.fullName.includes(mark)).length;
      if (count > 0) lines.push(`${count} tests ${mark.slice(1, -1)}`);
    }
    process.stderr.write(`\n${lines.join('\n')}\n`);
  }
}
