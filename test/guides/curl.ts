import { filledCommand } from './placeholders.js';

/** What a command of curl would send, and where its answer goes. */
export interface CurlCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Blob | FormData | null;
  /** The file that the answer is written to; null where it is shown. */
  readonly into: string | null;
}

interface World {
  readonly kept: ReadonlyMap<string, string>;
  /** The files of the folder in which somebody follows the guide. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Of curl the guides use a URL, headers, a form (`-d`), JSON (`--json`), parts
 * with a file among them (`-F`), a file that is put (`-T`), and one that the
 * answer goes to (`-o`).
 */
export function curl(command: string, world: World): CurlCall {
  const form = new FormData();
  const call = {
    url: '',
    method: 'GET',
    headers: {} as Record<string, string>,
    body: null as string | Blob | FormData | null,
  };
  let into: string | null = null;
  const content = (method: string, type: string | null, body: string | Blob | FormData) => {
    Object.assign(call, { method, body });
    if (type !== null) call.headers['content-type'] = type;
  };
  const options: Readonly<Record<string, (value: string) => void>> = {
    '--json': (value) => content('POST', 'application/json', value),
    '-d': (value) => content('POST', 'application/x-www-form-urlencoded', value),
    '-H': (value) => {
      const [name = '', said = ''] = value.split(': ');
      call.headers[name] = said;
    },
    '-F': (value) => {
      content('POST', null, form);
      addPart(form, value, world);
    },
    '-T': (value) => content('PUT', null, new Blob([fileNamed(value, world)])),
    '-o': (value) => {
      into = value;
    },
  };
  const words = wordsOf(command, world.kept).slice(1).values();
  for (const word of words) {
    if (/^https?:/.test(word)) call.url = word;
    else if (word !== '-s') {
      const option = options[word];
      if (!option) throw new Error(`the test knows nothing of curl ${word}`);
      option(words.next().value ?? '');
    }
  }
  return { ...call, into };
}

/** As a shell parts and fills them: within single quotes nothing stands for anything else. */
function wordsOf(command: string, kept: ReadonlyMap<string, string>): string[] {
  const words = command.replaceAll('\\\n', ' ').match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"|([^'"]+)/g, (_, single?: string, double?: string, plain?: string) =>
      single === undefined ? filledCommand(double ?? plain ?? '', kept) : single,
    ),
  );
}

function addPart(form: FormData, part: string, world: World): void {
  const [, name = '', file, value = ''] = /^([^=]+)=(@?)(.*)$/s.exec(part) ?? [];
  if (file) form.set(name, new Blob([fileNamed(value, world)], { type: 'text/csv' }), value);
  else form.set(name, value);
}

function fileNamed(name: string, { files }: World): string {
  const content = files.get(name);
  if (content === undefined) throw new Error(`no file is named ${name}`);
  return content;
}
