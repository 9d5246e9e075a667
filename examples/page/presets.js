// Owns the people that the page offers to begin with. Must hold no code.

/**
 * Invented people. A preset whose films the model does not know is not shown.
 * @type {Record<string, string[]>}
 */
export const presets = {
  'Mostly noir, a little animation': [
    'double-indemnity-1944',
    'out-of-the-past-1947',
    'laura-1944',
    'the-third-man-1949',
    'touch-of-evil-1958',
    'the-maltese-falcon-1941',
    'spirited-away-2001',
    'my-neighbor-totoro-1988',
    'toy-story-1995',
  ],
  'Mostly horror, a little musical': [
    'the-shining-1980',
    'halloween-1978',
    'the-exorcist-1973',
    'suspiria-1977',
    'carrie-1976',
    'the-witch-2015',
    'singin-in-the-rain-1952',
    'top-hat-1935',
    'west-side-story-1961',
  ],
  'Westerns, science fiction, romance': [
    'the-searchers-1956',
    'rio-bravo-1959',
    'high-noon-1952',
    'unforgiven-1992',
    'blade-runner-1982',
    'the-matrix-1999',
    'the-terminator-1984',
    'tron-1982',
    'when-harry-met-sally-1989',
    'notting-hill-1999',
    'annie-hall-1977',
    'bringing-up-baby-1938',
  ],
  'Documentaries only': [
    'baraka-1992',
    'crumb-1994',
    'citizenfour-2014',
    'hoop-dreams-1994',
    'the-thin-blue-line-1988',
    'woodstock-1970',
  ],
  'Nobody yet': [],
};
