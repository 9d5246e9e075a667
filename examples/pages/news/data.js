// Owns the made news: headlines of ten sections that nobody wrote and nothing happened for. Must not read
// anything.

/** Section -> who or what, and what becomes of it. @type {Record<string, [string[], string[]]>} */
const sections = {
  Politics: [
    [
      'The harbour council',
      'A coalition of islands',
      'The youngest mayor',
      'The upper house',
      'A border town',
      'The ombudsman',
      'The ferry ministry',
      'An old treaty',
      'The night assembly',
      'The census office',
    ],
    ['voted again', 'agreed at dawn'],
  ],
  Economy: [
    [
      'The price of bread',
      'A bank of neighbours',
      'The last coal dock',
      'Rents in the old town',
      'A strike of crane drivers',
      'The wool exchange',
      'The lending library tax',
      'Small breweries',
      'The night train budget',
      'The fishing quota',
    ],
    ['fell for a third month', 'surprised everybody'],
  ],
  Science: [
    [
      'A comet with two tails',
      'The deepest cave',
      'A moth that hears colour',
      'The oldest seed',
      'A map of the brain of a bee',
      'The quiet star',
      'A glacier diary',
      'The knot theorem',
      'A new kind of ice',
      'The whale dictionary',
    ],
    ['was measured twice', 'put a theory in doubt'],
  ],
  Health: [
    [
      'Sleep before midnight',
      'A walk after lunch',
      'The village clinic',
      'Reading aloud',
      'The pollen count',
      'Cold water swimming',
      'The long waiting list',
      'A kinder drill',
      'Bread without yeast',
      'Night shifts',
    ],
    ['helped more than thought', 'got a second look'],
  ],
  Sport: [
    [
      'The harbour rowers',
      'A chess club of eleven',
      'The night marathon',
      'The home side',
      'A goalkeeper of fifty',
      'The mountain relay',
      'The bowling league',
      'Two fencers',
      'The ice stadium',
      'The bicycle race',
    ],
    ['won by a length', 'went into extra time'],
  ],
  Culture: [
    [
      'A lost quartet',
      'The puppet opera',
      'The shortest novel',
      'A museum of keys',
      'The summer choir',
      'An unsigned painting',
      'The silent film night',
      'A poet of timetables',
      'The street organ',
      'The village theatre',
    ],
    ['came back on stage', 'found its public'],
  ],
  Travel: [
    [
      'The slow night train',
      'An island without cars',
      'The longest footbridge',
      'A hut above the clouds',
      'The canal in autumn',
      'Seven small harbours',
      'The lighthouse inn',
      'A road for bicycles',
      'The salt road',
      'The valley of mills',
    ],
    ['opened for a season', 'was worth the detour'],
  ],
  Food: [
    [
      'A soup of nettles',
      'The rye loaf',
      'The pear harvest',
      'Smoked cheese',
      'A kitchen of one pot',
      'The dumpling question',
      'Pickles of winter',
      'The market at five',
      'Plum jam',
      'A cake without flour',
    ],
    ['had its week', 'divided two villages'],
  ],
  Technology: [
    [
      'A phone that lasts',
      'The repair shop',
      'The open tractor',
      'A browser of one tab',
      'The quiet keyboard',
      'The village network',
      'Paper with memory',
      'A lock without a server',
      'The pocket radio',
      'The slow internet club',
    ],
    ['found its users', 'got a second version'],
  ],
  Climate: [
    [
      'The dike',
      'A forest of birches',
      'The warm winter',
      'Sails for freighters',
      'The peat bog',
      'A city of shade',
      'The last snowfield',
      'The rain garden',
      'Solar barns',
      'The beaver dam',
    ],
    ['held for now', 'changed a valley'],
  ],
};

/** @typedef {{ id: string, title: string, section: string }} Headline */

/** @type {Headline[]} */
export const headlines = Object.entries(sections).flatMap(([section, [subjects, events]]) =>
  events.flatMap((event, e) =>
    subjects.map((subject, s) => ({
      id: `${section.toLowerCase()}-${e}${s}`,
      title: `${subject} ${event}`,
      section,
    })),
  ),
);

/** Ids by section. */
export const bySection = new Map(
  Object.keys(sections).map((section) => [
    section,
    headlines.filter((headline) => headline.section === section).map(({ id }) => id),
  ]),
);
