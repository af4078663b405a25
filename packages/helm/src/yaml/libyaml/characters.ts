/** The classes of characters that libyaml knows. The end of the text is the empty string. */

export function isBreak(character: string): boolean {
  return (
    character === '\n' ||
    character === '\r' ||
    character === '\u0085' ||
    character === '\u2028' ||
    character === '\u2029'
  );
}

export function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}

export function isBreakOrEnd(character: string): boolean {
  return character === '' || isBreak(character);
}

export function isBlankOrEnd(character: string): boolean {
  return isBlank(character) || isBreakOrEnd(character);
}

/** What names of anchors and directives consist of. */
export function isNameCharacter(character: string): boolean {
  return /^[0-9A-Za-z_-]$/.test(character);
}

export function isUriCharacter(character: string): boolean {
  return /^[0-9A-Za-z_;/?:@&=+$.,!~*'()[\]%-]$/.test(character);
}

/** True when a character may not stand in YAML at all. */
export function hasForbidden(text: string): boolean {
  return FORBIDDEN.test(text);
}

/** The first such character. A surrogate alone is one. */
export const FORBIDDEN = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
