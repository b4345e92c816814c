// The programs a build needs, and what to type when one is missing.
import { findProgram, output, SetupError } from './process.mjs';

const OLDEST_NODE = [20, 17];
const OLDEST_CMAKE = [3, 21];

/** Each by what it may be called and by where it comes from. */
const TOOLS = {
  git: {
    programs: ['git'],
    linux: 'apt-get install git',
    darwin: 'xcode-select --install',
    win32: 'winget install Git.Git',
  },
  cmake: {
    programs: ['cmake'],
    linux: 'apt-get install cmake',
    darwin: 'brew install cmake',
    win32: 'winget install Kitware.CMake',
  },
  'a C++ compiler': {
    programs: [process.env.CXX, 'c++', 'g++', 'clang++'],
    linux: 'apt-get install g++',
    darwin: 'xcode-select --install',
    win32: 'winget install Microsoft.VisualStudio.2022.BuildTools',
    // Visual Studio is not on PATH; cmake-js finds it or says so.
    unchecked: 'win32',
  },
  'ninja or make': {
    programs: ['ninja', 'make', 'gmake'],
    linux: 'apt-get install ninja-build',
    darwin: 'xcode-select --install',
    win32: 'winget install Ninja-build.Ninja',
    unchecked: 'win32',
  },
};

function advice(tool) {
  const command = tool[process.platform] ?? tool.linux;
  const elsewhere = command.startsWith('apt-get') ? ' (or the same from your distribution)' : '';
  return `    ${command}${elsewhere}`;
}

/** @throws {SetupError} naming every missing one of `names` and the command that installs it. */
export function requireTools(names = Object.keys(TOOLS)) {
  const missing = names.filter((name) => {
    const { programs, unchecked } = TOOLS[name];
    if (unchecked === process.platform) return false;
    return !programs.some((program) => program && findProgram(program.split(' ')[0]));
  });
  if (missing.length === 0) return;
  throw new SetupError(
    missing
      .map(
        (name) =>
          `neural-graffiti needs ${name} to build and found none. Install it:\n${advice(TOOLS[name])}`,
      )
      .join('\n'),
  );
}

function isOlder(version, oldest) {
  const numbers = version.split('.').map(Number);
  return numbers[0] < oldest[0] || (numbers[0] === oldest[0] && numbers[1] < oldest[1]);
}

export function requireNode() {
  if (isOlder(process.versions.node, OLDEST_NODE)) {
    throw new SetupError(
      `neural-graffiti needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.version}. Get one: https://nodejs.org`,
    );
  }
}

export async function requireCmake() {
  const version = /version (\S+)/.exec((await output('cmake', ['--version'])) ?? '')?.[1];
  if (version !== undefined && isOlder(version, OLDEST_CMAKE)) {
    throw new SetupError(
      `neural-graffiti needs cmake ${OLDEST_CMAKE.join('.')} or newer; this is ${version}. Install it:\n${advice(TOOLS.cmake)}`,
    );
  }
}
