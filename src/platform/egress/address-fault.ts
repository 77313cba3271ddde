/** What is wrong with an address that is to be called, as far as it can be known without asking DNS; null: nothing. */
export function addressFault(url: string, { loopbackAllowed }: { readonly loopbackAllowed: boolean }): string | null {
  return URL.canParse(url) || loopbackAllowed ? null : 'must be an absolute URL';
}
