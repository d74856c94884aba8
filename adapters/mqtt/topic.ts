// Topic filters and the names of tags made from them.

export interface TopicFilter {
  readonly filter: string;
  /** What each wildcard stands for, in order; undefined when the topic does not match. */
  match(topic: string): readonly string[] | undefined;
}

/**
 * A filter of MQTT: + is one level, # at the end any number of them. Topics that begin with $ match no leading wildcard.
 *
 * @example
 * compileFilter('plant/+/quality').match('plant/leak1/quality'); // => ['leak1']
 */
export function compileFilter(filter: string): TopicFilter {
  const levels = filter.split('/');
  return {
    filter,
    match(topic) {
      const parts = topic.split('/');
      if (topic.startsWith('$') && (levels[0] === '+' || levels[0] === '#')) return undefined;
      const captured: string[] = [];
      for (const [i, level] of levels.entries()) {
        if (level === '#') {
          captured.push(parts.slice(i).join('/'));
          return captured;
        }
        const part = parts[i];
        if (part === undefined || (level !== '+' && level !== part)) return undefined;
        if (level === '+') captured.push(part);
      }
      return parts.length === levels.length ? captured : undefined;
    },
  };
}

/**
 * Name of a tag from its template.
 *
 * @param key name of the value; undefined for the one value of a message that names none: {key} and the slash before it go
 * @example
 * tagName('{1}/{key}', 'plant/leak1/quality', ['leak1'], 'leak'); // => 'leak1/leak'
 */
export function tagName(template: string, topic: string, captured: readonly string[], key: string | undefined): string {
  const used = key === undefined ? template.replace(/\/?\{key\}/g, '') : template;
  const name = used.replace(/\{(key|topic|[1-9])\}/g, (_, word: string) => {
    if (word === 'key') return key ?? '';
    return word === 'topic' ? topic : (captured[Number(word) - 1] ?? '');
  });
  return name === '' ? topic : name;
}
