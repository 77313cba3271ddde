import type PdfDocument from 'pdfkit';
import type { Face, Fonts } from './fonts.js';
import { printableText } from './printable-text.js';
import { firstLines, wrapText } from './wrap-text.js';

/** All lengths are in points, 72 to an inch, from the upper left corner of an A4 page. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = { side: 50, top: 50, bottom: 62 };
/** Of a size, what a line of it takes. */
const LEADING = 1.35;

export interface TextStyle {
  readonly face: Face;
  readonly size: number;
  readonly colour: string;
}

interface Place {
  readonly x: number;
  readonly y: number;
  /** Given, the line ends there instead of beginning at `x`. */
  readonly right?: number;
}

/**
 * Pages and a cursor that goes down them. Every text goes through here, so none
 * leaves its column and none is printed as it came.
 */
export class Sheet {
  readonly left = MARGIN.side;
  readonly right = PAGE.width - MARGIN.side;
  readonly width = PAGE.width - 2 * MARGIN.side;
  readonly bottom = PAGE.height - MARGIN.bottom;
  readonly bodyHeight = PAGE.height - MARGIN.top - MARGIN.bottom;
  y = MARGIN.top;
  /** What the top of each further page repeats. */
  repeated: (() => void) | null = null;

  constructor(
    private readonly pdf: InstanceType<typeof PdfDocument>,
    private readonly fonts: Fonts,
    private readonly watermark: string | null,
  ) {
    pdf.registerFont('regular', fonts.files.regular);
    pdf.registerFont('bold', fonts.files.bold);
    this.openPage();
  }

  /** The text in lines no wider than `width`; where there are more than `most`, the last one says so. */
  lines(text: string, style: TextStyle, width: number, most = Number.POSITIVE_INFINITY): string[] {
    const measure = (part: string) => this.measure(part, style);
    return firstLines(wrapText(printableText(text, this.fonts.hasGlyph), width, measure), most, width, measure);
  }

  /** How wide a text is in one line. */
  widthOf(text: string, style: TextStyle): number {
    return this.measure(printableText(text, this.fonts.hasGlyph), style);
  }

  lineHeight(style: TextStyle): number {
    return style.size * LEADING;
  }

  /** One line that `lines` has made, without moving the cursor. */
  put(line: string, style: TextStyle, { x, y, right }: Place): void {
    const start = right === undefined ? x : right - this.measure(line, style);
    this.pdf.font(style.face).fontSize(style.size).fillColor(style.colour);
    this.pdf.text(line, start, y, { lineBreak: false });
  }

  /** Lines below each other from `y` on; says where they end. */
  putAll(lines: readonly string[], style: TextStyle, { x, y, right }: Place): number {
    let below = y;
    for (const line of lines) {
      this.put(line, style, right === undefined ? { x, y: below } : { x, y: below, right });
      below += this.lineHeight(style);
    }
    return below;
  }

  rule(colour: string, y = this.y, width = 0.5): void {
    this.pdf.moveTo(this.left, y).lineTo(this.right, y).lineWidth(width).strokeColor(colour).stroke();
  }

  /** A shaded box with a coloured edge, over the whole width, from the cursor on. */
  box(height: number, fill: string, edge: string): void {
    this.pdf.rect(this.left, this.y, this.width, height).fill(fill);
    this.pdf.rect(this.left, this.y, 3, height).fill(edge);
  }

  /** What is printed there leads to the address; what is no web address leads nowhere. */
  link(url: string, x: number, y: number, width: number, height: number): void {
    if (!URL.canParse(url)) return;
    const { protocol, href } = new URL(url);
    if (protocol === 'https:' || protocol === 'http:') this.pdf.link(x, y, width, height, href);
  }

  /** Goes on to a new page unless so much room is left on this one. */
  needs(height: number): void {
    if (this.y + height <= this.bottom) return;
    this.openPage();
    this.repeated?.();
  }

  /** Below the body of every page, when all are there: what depends on how many there are. */
  foot(print: (page: number, pages: number, y: number) => void): void {
    const { count } = this.pdf.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      this.pdf.switchToPage(page);
      print(page + 1, count, this.bottom + 20);
    }
  }

  async bytes(): Promise<Buffer> {
    this.pdf.end();
    return Buffer.concat(await this.pdf.toArray());
  }

  private openPage(): void {
    this.pdf.addPage({ size: [PAGE.width, PAGE.height], margin: 0 });
    this.y = MARGIN.top;
    if (this.watermark !== null) this.putWatermark(this.watermark);
  }

  /** Behind all that follows, from corner to corner, as large as the word allows. */
  private putWatermark(word: string): void {
    const probe: TextStyle = { face: 'bold', size: 100, colour: '#ececec' };
    const style = { ...probe, size: Math.min(130, (100 * 600) / this.measure(word, probe)) };
    const centre = { x: PAGE.width / 2, y: PAGE.height / 2 };
    this.pdf.save().rotate(-52, { origin: [centre.x, centre.y] });
    this.put(word, style, { x: centre.x - this.measure(word, style) / 2, y: centre.y - style.size * 0.65 });
    this.pdf.restore();
  }

  private measure(text: string, { face, size }: TextStyle): number {
    return this.pdf.font(face).fontSize(size).widthOfString(text);
  }
}
