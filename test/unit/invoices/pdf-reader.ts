import { getDocumentProxy } from 'unpdf';

export interface PageWord {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  /** From the lower edge of the page, as PDF counts. */
  readonly baseline: number;
}

export interface ReadPdf {
  readonly pages: readonly (readonly PageWord[])[];
  /** The text of each page, as a reader who copies it would have it. */
  readonly texts: readonly string[];
  readonly info: Readonly<Record<string, unknown>>;
  readonly links: readonly string[];
}

/** What a PDF says to somebody who has only the file. */
export async function readPdf(file: Buffer): Promise<ReadPdf> {
  const pdf = await getDocumentProxy(new Uint8Array(file));
  const { info } = await pdf.getMetadata();
  const pages: PageWord[][] = [];
  const links: string[] = [];
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    pages.push(
      items.flatMap((item) =>
        'str' in item && item.str.trim() !== ''
          ? [
              {
                text: item.str,
                left: item.transform[4],
                right: item.transform[4] + item.width,
                baseline: item.transform[5],
              },
            ]
          : [],
      ),
    );
    for (const { url } of await page.getAnnotations()) if (url) links.push(url);
  }
  return { pages, texts: pages.map((words) => words.map(({ text }) => text).join(' ')), info: { ...info }, links };
}
