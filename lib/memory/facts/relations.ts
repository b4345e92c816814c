import { verbMeaning } from './verbs.js';

/** A relation by the meanings of its verbs. */
export function relationMeaning(relation: string): string {
  if (relation === 'get up' || relation === 'rise') return 'wake up';
  return relation.split(' ').map(verbMeaning).join(' ');
}
