import { load } from '../../test/support/run-sources.mjs';

const { serveOrders } = await load(import.meta.resolve('./load-generator.ts'));
serveOrders();
