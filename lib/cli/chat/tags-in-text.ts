/** "I love dogs #pets #home" is the text "I love dogs" with two tags. A # inside the text stays. */
export function splitTags(line: string): { text: string; tags: string[] } {
  const words = line.split(/(\s+)/);
  const tags: string[] = [];
  while (/^#[^#\s]+$/.test(words.at(-1) ?? '')) {
    tags.unshift(words.pop()!.slice(1));
    words.pop(); // the white space before it
  }
  return { text: words.join(''), tags };
}
