import type { InputIssue } from '../../kernel/errors.js';
import { TEXTS } from './domain/all-texts.js';
import type { PageLanguage } from './domain/language.js';
import type { Refusal } from './domain/texts.js';
import { Layout } from './layout.js';

export interface RefusalPageProps {
  readonly refusal: Refusal;
  readonly language: PageLanguage;
  readonly base: string;
  /** Where it may be tried again. */
  readonly again?: string | null;
  /** For the shop's developers, in English as the API's are. */
  readonly issues?: readonly InputIssue[];
}

/** A page without an order: what is wrong, and what to do. */
export function RefusalPage({ refusal, language, base, again = null, issues = [] }: RefusalPageProps) {
  const texts = TEXTS[language];
  const { title, text } = texts.refusals[refusal];
  return (
    <Layout language={language} texts={texts} title={title} base={base} inLanguage={null}>
      <div class="state refused">
        <span class="mark" aria-hidden="true" />
        <h1>{title}</h1>
        <p>{text}</p>
      </div>
      {again !== null && (
        <a class="button secondary" href={again}>
          {texts.tryAgain}
        </a>
      )}
      {issues.length > 0 && (
        <section class="faults" aria-labelledby="faults">
          <h2 id="faults">{texts.forTheShop}</h2>
          <ul lang="en">
            {issues.map(({ path, message }) => (
              <li key={`${path.join('.')} ${message}`}>
                {path.length > 0 && <code>{path.join('.')}</code>} {message}
              </li>
            ))}
          </ul>
        </section>
      )}
    </Layout>
  );
}
