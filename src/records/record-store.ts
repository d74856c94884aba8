// Small records kept by kind and key: users, sessions, saved views. Who keeps them is not known here.

export interface StoredRecord {
  readonly key: string;
  readonly json: string;
}

/** Each call is durable when it resolves. */
export interface RecordStore {
  get(kind: string, key: string): Promise<string | undefined>;
  /** Adds or replaces. */
  put(kind: string, key: string, json: string): Promise<void>;
  /** Removing what is not there changes nothing. */
  delete(kind: string, key: string): Promise<void>;
  /** All records of a kind, by key. */
  list(kind: string): Promise<readonly StoredRecord[]>;
}

/** A store that lasts as long as the process. */
export function memoryStore(): RecordStore {
  const kinds = new Map<string, Map<string, string>>();
  const of = (kind: string): Map<string, string> => {
    const known = kinds.get(kind);
    if (known !== undefined) return known;
    const fresh = new Map<string, string>();
    kinds.set(kind, fresh);
    return fresh;
  };
  return {
    get: async (kind, key) => of(kind).get(key),
    put: async (kind, key, json) => {
      of(kind).set(key, json);
    },
    delete: async (kind, key) => {
      of(kind).delete(key);
    },
    list: async (kind) =>
      [...of(kind)].map(([key, json]) => ({ key, json })).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)),
  };
}
