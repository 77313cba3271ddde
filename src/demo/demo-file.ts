import { z } from 'zod';

export const DEMO_FILE = 'demo.json';

const demoFile = z.strictObject({
  graphqlUrl: z.string(),
  graphqlWsUrl: z.string(),
  graphiqlUrl: z.string(),
  stripeSandboxUrl: z.string(),
  stripeSandboxControlUrl: z.string(),
  platformKey: z.string(),
  operatorKey: z.string(),
  merchantKey: z.string(),
  operatorId: z.string(),
  merchantId: z.string(),
  secondOperatorKey: z.string(),
  secondMerchantKey: z.string(),
});

/** Everything that somebody needs who wants to try the API: addresses, keys, ids. */
export type DemoFile = z.infer<typeof demoFile>;

/** The addresses follow the settings; the keys are made once. */
export type DemoUrls = Pick<
  DemoFile,
  'graphqlUrl' | 'graphqlWsUrl' | 'graphiqlUrl' | 'stripeSandboxUrl' | 'stripeSandboxControlUrl'
>;
export type DemoKeys = Omit<DemoFile, keyof DemoUrls>;

/** Null for a file that is not there, or that an older version wrote. */
export function parseDemoFile(text: string | null): DemoFile | null {
  if (text === null) return null;
  try {
    return demoFile.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
