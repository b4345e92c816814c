import { FAILURE, Reported } from '../failure.js';
import { Output } from '../output.js';
import { checkBinary } from './binary.js';
import { checkBrain, checkCache, checkNode, checkPlatform } from './environment.js';
import type { Finding } from './finding.js';
import type { DoctorOptions } from './command.js';
import { checkStore } from './store.js';
import { checkBuiltInModel } from './built-in-model.js';

export async function doctor(options: DoctorOptions): Promise<void> {
  const output = new Output(options);
  const { colours } = output;
  const findings: Finding[] = [
    checkNode(),
    checkPlatform(),
    ...checkBinary(),
    await checkCache(),
    checkBuiltInModel(),
    await checkBrain(),
    ...(options.store === undefined ? [] : [await checkStore(options.store)]),
  ];
  const marks = {
    ok: colours.green('ok  '),
    warn: colours.yellow('warn'),
    fail: colours.red('fail'),
  };
  for (const { status, name, detail, advice } of findings) {
    output.line(`${marks[status]}  ${name.padEnd(14)} ${detail}`);
    if (advice) output.line(`      ${''.padEnd(14)} ${colours.bold('→')} ${advice}`);
  }
  const healthy = findings.every(({ status }) => status !== 'fail');
  output.object({ healthy, findings });
  if (!healthy) throw new Reported(FAILURE);
}
