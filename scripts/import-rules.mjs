// The import rules of the house (ARCHITECTURE.md) as a lint rule: who in lib/ may import whom.
import { dirname, join, relative, sep } from 'node:path';
import { root } from './process.mjs';

/** Folders of lib/, each with what it may import beside its own files and LEAVES. */
const MAY_IMPORT = {
  store: [],
  memory: ['store'],
  model: ['native'],
  sleep: ['model', 'memory'],
  session: ['model', 'memory', 'sleep', 'regions', 'native'],
  engram: ['model', 'memory'],
  regions: [],
};
/** Import nothing themselves, except one another, and may be imported by everyone. */
const LEAVES = ['errors', 'serial-queue', 'validate'];
/** May import everything in lib/; nothing else imports them. */
const OUTER = ['server', 'cli', 'eval', 'bench'];
/** Files directly in lib/ that put the folders together. They may import every folder but the outer ones. */
const TOP = ['index', 'graffiti-model'];
/** How a binary is found and loaded. */
const BINARY = /\.node$|^node-gyp-build$/;

/** The folder of lib/ that a path (relative to lib/) is in; for a file directly there, its name. */
function areaOf(path) {
  return path.split(sep)[0].replace(/\.(ts|js)$/, '');
}

/**
 * @param {string} importer path of the importing file, relative to lib/
 * @param {string} specifier what it imports
 * @returns {string | undefined} what is wrong with that
 */
export function importFault(importer, specifier) {
  const from = areaOf(importer);
  if (BINARY.test(specifier) && from !== 'native') {
    return 'Only lib/native.ts touches the binary';
  }
  if (!specifier.startsWith('.')) return undefined;
  const target = join(dirname(importer), specifier);
  if (target.startsWith('..')) return undefined;
  const to = areaOf(target);
  if (to === from) return undefined;
  if (OUTER.includes(to) && !OUTER.includes(from)) return `Nothing imports lib/${to}`;
  const inFolder = target.includes(sep);
  if (inFolder && target !== join(to, 'index.js')) {
    return `Other folders import lib/${to} through its face, index.js`;
  }
  if (LEAVES.includes(to)) return undefined;
  if (OUTER.includes(from)) return undefined;
  if (TOP.includes(from)) return undefined;
  if (MAY_IMPORT[from]?.includes(to)) return undefined;
  return `lib/${from} may not import lib/${to}`;
}

const importRule = {
  meta: { type: 'problem', schema: [], messages: { fault: '{{fault}}' } },
  create(context) {
    const importer = relative(join(root, 'lib'), context.filename);
    const check = (source) => {
      if (typeof source?.value !== 'string') return;
      const fault = importFault(importer, source.value);
      if (fault) context.report({ node: source, messageId: 'fault', data: { fault } });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      TSImportType: (node) => check(node.argument?.literal ?? node.source),
      // require('…') and createRequire(…)('…')
      CallExpression: (node) => node.arguments.length === 1 && check(node.arguments[0]),
    };
  },
};

/** ESLint's plugin: `house/imports`. */
export const house = { rules: { imports: importRule } };
