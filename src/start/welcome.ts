import type { DemoFile } from '../demo/demo-file.js';

/** What somebody wants to see who has started this for the first time. */
export function welcome(demo: DemoFile, demoFilePath: string): string {
  return `
Quittance is ready.

  Try the API       ${demo.graphiqlUrl}
  GraphQL           ${demo.graphqlUrl}   (subscriptions: ${demo.graphqlWsUrl})
  Stripe sandbox    ${demo.stripeSandboxUrl}   (control: ${demo.stripeSandboxControlUrl})

  Send one of these keys as  Authorization: Bearer <key>
  (in GraphiQL: {"Authorization": "Bearer <key>"} in the Headers pane of each tab)

  Merchant          ${demo.merchantKey}
  Operator          ${demo.operatorKey}
  Platform          ${demo.platformKey}
  Second merchant   ${demo.secondMerchantKey}
  Second operator   ${demo.secondOperatorKey}

  All of this is also in ${demoFilePath}
  A story through the API: npm run demo      A small shop to buy in: npm run demo:shop      Stop: Ctrl-C
`;
}
