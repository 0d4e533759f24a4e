/** A configuration that says something wrong: names the field and what it wants. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Walks through an unknown value with the path to it, for error texts. */
export class Reader {
  readonly value: unknown;
  readonly path: string;

  constructor(value: unknown, path: string) {
    this.value = value;
    this.path = path;
  }

  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  fail(wanted: string): never {
    throw new ConfigError(`${this.path}: ${wanted}`);
  }

  field(name: string): Reader {
    if (this.isAbsent) return new Reader(undefined, `${this.path}.${name}`);
    if (typeof this.value !== 'object' || Array.isArray(this.value)) this.fail('an object is needed');
    return new Reader(Reflect.get(Object(this.value), name), `${this.path}.${name}`);
  }

  /** Refuses misspelt fields. */
  allow(...names: readonly string[]): this {
    if (this.isAbsent) return this;
    if (typeof this.value !== 'object' || Array.isArray(this.value)) this.fail('an object is needed');
    const unknown = Object.keys(Object(this.value)).find((name) => !names.includes(name));
    if (unknown !== undefined) this.fail(`unknown field "${unknown}"`);
    return this;
  }

  list(): Reader[] {
    if (this.isAbsent) return [];
    if (!Array.isArray(this.value)) this.fail('a list is needed');
    const items: readonly unknown[] = this.value;
    return items.map((item, at) => new Reader(item, `${this.path}[${at}]`));
  }

  string(): string {
    return typeof this.value === 'string' ? this.value : this.fail('a string is needed');
  }

  oneOf<T extends string>(allowed: readonly T[]): T {
    return (
      allowed.find((known) => known === this.value) ?? this.fail(`one of ${allowed.join(', ')} is needed`)
    );
  }

  int(min: number, max: number): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
      this.fail(`a whole number from ${min} to ${max} is needed`);
    return value;
  }

  boolean(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.fail('true or false is needed');
  }

  strings(): string[] {
    return this.list().map((item) => item.string());
  }

  optional<T>(read: (reader: this) => T): T | undefined {
    return this.isAbsent ? undefined : read(this);
  }
}
