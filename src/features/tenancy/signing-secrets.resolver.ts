import DataLoader from 'dataloader';
import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { validated } from '../../platform/graphql/validation.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import type { ApiContext } from './api-context.js';
import { merchantOf } from './domain/access.js';
import { MerchantType } from './merchant.graphql.js';
import { requestOf } from './request-of.js';
import {
  RotateSigningSecretInput,
  RotateSigningSecretPayload,
  RotateSigningSecretResult,
  rotateSigningSecretInput,
} from './rotate-signing-secret.graphql.js';
import { rotateSigningSecret } from './rotate-signing-secret.js';
import { SigningSecretType } from './signing-secret.graphql.js';
import { listedSecrets, type SigningSecretFacts } from './signing-secrets-sql.js';

const SECRETS = Symbol('signing secrets');

@Resolver(() => MerchantType)
export class SigningSecretsResolver {
  constructor(private readonly masterKeys: MasterKeys) {}

  @Authorized('merchants:read')
  @FieldResolver(() => [SigningSecretType], {
    description:
      "In the key's mode, those that are valid now, the current one first. Empty until one is needed: the first " +
      'notification makes one, `rotateSigningSecret` one that you get to see.',
  })
  async signingSecrets(@Root() { uuid }: MerchantType, @Ctx() context: ApiContext): Promise<SigningSecretType[]> {
    const secrets = await secretsLoader(context).load(uuid);
    return secrets.map((each) => new SigningSecretType(each));
  }

  @Authorized('signing-secrets:write')
  @Mutation(() => RotateSigningSecretResult, {
    description:
      "Makes a merchant's secret anew: it signs our notifications and the merchant's payment forms. Those from before " +
      'stay valid for a while, and meanwhile notifications are signed by each.',
  })
  rotateSigningSecret(
    @Arg('input', { description: 'Whose, and for how long the older ones stay.' }) input: RotateSigningSecretInput,
    @Ctx() { principal, units }: ApiContext,
  ): Promise<typeof RotateSigningSecretResult> {
    return orProblem(async () => {
      const wanted = validated(rotateSigningSecretInput, input);
      const request = requestOf(principal, 'rotateSigningSecret', wanted);
      const { mode, operatorId } = principal;
      const { overlapSeconds } = wanted;
      const rotation = { merchantId: merchantOf(principal, wanted.merchantId), mode, overlapSeconds };
      return new RotateSigningSecretPayload(
        await units.sql(operatorId, (sql) => rotateSigningSecret(sql, this.masterKeys, rotation, request)),
      );
    });
  }
}

/** Of merchants by UUID, in the principal's mode. */
function secretsLoader(context: ApiContext): DataLoader<string, readonly SigningSecretFacts[]> {
  const { principal, reads, units } = context;
  return context.loader(
    SECRETS,
    () =>
      new DataLoader<string, readonly SigningSecretFacts[]>(async (merchantIds) => {
        const wanted = { merchantIds, mode: principal.mode, now: units.clock.now() };
        const found = await listedSecrets(reads, principal.operatorId, wanted);
        return merchantIds.map((id) => found.filter(({ merchantId }) => merchantId === id));
      }),
  );
}
