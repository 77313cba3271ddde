import type { ComponentChildren } from 'preact';
import { LANGUAGE_NAMES, PAGE_LANGUAGES, type PageLanguage } from './domain/language.js';
import type { Texts } from './domain/texts.js';

export interface LayoutProps {
  readonly language: PageLanguage;
  readonly texts: Texts;
  readonly title: string;
  readonly base: string;
  /** Where the same is shown in another language, to be followed by it; null where there is no such address. */
  readonly inLanguage: ((language: PageLanguage) => string) | null;
  readonly testMode?: boolean;
  /** Without scripts: after so many seconds this address is looked at. */
  readonly lookAgain?: { readonly seconds: number; readonly url: string } | null;
  /** Whether it changes by itself while somebody looks at it. */
  readonly live?: boolean;
  readonly children: ComponentChildren;
}

/** What all pages have around them. Nothing in it is inline that a browser would run: the policy allows none. */
export function Layout({ language, texts, title, base, inLanguage, testMode, lookAgain, live, children }: LayoutProps) {
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex, nofollow" />
        <title>{title}</title>
        <link rel="icon" type="image/svg+xml" href={`${base}/assets/icon.svg`} />
        <link rel="stylesheet" href={`${base}/assets/page.css`} />
        {live && <script type="module" src={`${base}/assets/status.js`} />}
        {lookAgain && (
          <noscript>
            <meta http-equiv="refresh" content={`${lookAgain.seconds}; url=${lookAgain.url}`} />
          </noscript>
        )}
      </head>
      <body>
        {testMode && <header class="test-mode">{texts.testMode}</header>}
        <main>{children}</main>
        {inLanguage && (
          <footer>
            <nav class="languages" aria-label={texts.language}>
              {PAGE_LANGUAGES.map((each) => (
                <a
                  key={each}
                  href={inLanguage(each)}
                  lang={each}
                  hreflang={each}
                  aria-current={each === language ? 'true' : undefined}
                >
                  {LANGUAGE_NAMES[each]}
                </a>
              ))}
            </nav>
          </footer>
        )}
      </body>
    </html>
  );
}
