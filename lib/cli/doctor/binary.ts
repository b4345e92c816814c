import { binaryPath, native } from '../../native.js';
import { fail, type Finding, ok, reason, warn } from './finding.js';

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** The native part: where it was found, and what it sees. */
export function checkBinary(): Finding[] {
  try {
    const binding = native();
    const devices = binding.devices();
    return [
      ok('binary', binaryPath()),
      ok('llama.cpp', binding.llamaCpp),
      ...devices.map(({ name, description, kind, memoryFree, memoryTotal }) =>
        ok(
          'device',
          `${name} (${kind}): ${description.trim()}, ${gibibytes(memoryFree)} of ${gibibytes(memoryTotal)} free`,
        ),
      ),
      ...(devices.some(({ kind }) => kind !== 'cpu') ? [] : [noAccelerator()]),
      ok('CPU features', binding.system.trim()),
    ];
  } catch (error) {
    return [
      fail(
        'binary',
        reason(error instanceof Error && error.cause ? error.cause : error),
        'In a checkout run "npm run build"; as a dependency run "npm rebuild neural-graffiti".',
      ),
    ];
  }
}

function noAccelerator(): Finding {
  const { platform, arch } = process;
  if (platform === 'darwin' && arch === 'arm64') {
    return warn(
      'device',
      'no Metal device',
      'Build on this machine: "npm rebuild neural-graffiti".',
    );
  }
  return ok(
    'device',
    'no GPU in this build; with CUDA installed, GRAFFITI_CUDA=1 builds one that uses it',
  );
}
