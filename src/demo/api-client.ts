/** A refusal of the API as data: understood, nothing changed. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly operation: string,
    readonly code: string,
    message: string,
  ) {
    super(`${operation} was refused: ${code}, ${message}`);
  }
}

type Variables = Readonly<Record<string, unknown>>;

type Results = Record<string, { readonly __typename: string; readonly code: string; readonly message: string }>;

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string }[];
}

/** Speaks to the public API over HTTP with one key, as any client would. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** The data of a document; GraphQL errors are thrown. */
  ask<Data>(query: string, variables: Variables = {}): Promise<Data> {
    return this.post<Data>(JSON.stringify({ query, variables }), { 'content-type': 'application/json' });
  }

  /** A mutation of the form `name(input: BulkInput)`, with the file that goes with it; a Problem is thrown. */
  async send<Payload>(name: string, selection: string, file: { readonly name: string; readonly text: string }) {
    const query =
      `mutation Send($input: BulkInput!) { ${name}(input: $input) { __typename ` +
      `... on BulkPayload ${selection} ... on Problem { code message } } }`;
    const body = new FormData();
    body.set('operations', JSON.stringify({ query, variables: { input: { file: null } } }));
    body.set('map', JSON.stringify({ file: ['variables.input.file'] }));
    body.set('file', new Blob([file.text], { type: 'text/csv' }), file.name);
    return payloadOf<Payload>(name, await this.post<Results>(body, { 'apollo-require-preflight': 'true' }));
  }

  /**
   * One mutation of the form `name(input) → Payload | Problem`. `selection` is
   * of the payload; a Problem is thrown.
   */
  async change<Payload>(name: string, selection: string, input: Variables): Promise<Payload> {
    const type = name.charAt(0).toUpperCase() + name.slice(1);
    const document =
      `mutation ${type}($input: ${type}Input!) { ${name}(input: $input) { __typename ` +
      `... on ${type}Payload ${selection} ... on Problem { code message } } }`;
    return payloadOf<Payload>(name, await this.ask<Results>(document, { input }));
  }

  private async post<Data>(body: string | FormData, headers: Readonly<Record<string, string>>): Promise<Data> {
    const authorization = `Bearer ${this.key}`;
    const response = await fetch(this.url, { method: 'POST', headers: { ...headers, authorization }, body });
    const { data, errors } = (await response.json()) as Answer;
    if (errors?.length || !data) throw new Error(errors?.map(({ message }) => message).join('; ') ?? 'no data');
    return data as Data;
  }
}

function payloadOf<Payload>(name: string, data: Results): Payload {
  const result = data[name];
  if (result?.__typename === 'Problem') throw new ProblemError(name, result.code, result.message);
  return result as unknown as Payload;
}
