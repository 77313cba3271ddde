import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { StartRefusal } from './refusal.js';

/** What `npm start` keeps between one day and the next. Other users may pass through, because PostgreSQL may run as one. */
export class DataFolder {
  private constructor(readonly folder: string) {}

  static async open(folder: string): Promise<DataFolder> {
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new StartRefusal(
        `The data folder ${folder} cannot be used (${why}): set QUITTANCE_DATA_DIR to another one.`,
      );
    }
    return new DataFolder(folder);
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  async read(name: string): Promise<string | null> {
    try {
      return await readFile(this.path(name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Readable by us alone; either wholly there or not at all, also when the power goes. */
  async write(name: string, text: string): Promise<void> {
    const unfinished = this.path(`${name}.${process.pid}.unfinished`);
    const file = await open(unfinished, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
      await file.close();
      await rename(unfinished, this.path(name));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  /** A secret that is made at the first start and found at every later one. */
  async secret(name: string, make: () => string): Promise<string> {
    const kept = (await this.read(name))?.trim();
    if (kept) return kept;
    const made = make();
    await this.write(name, `${made}\n`);
    return made;
  }
}
