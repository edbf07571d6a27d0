// Over 450 lines: all words of the page in one place, so that another language is another file.
/** A whole number as people read it. */
const count = new Intl.NumberFormat('en')
const fixed3 = new Intl.NumberFormat('en', { minimumFractionDigits: 3, maximumFractionDigits: 3 })
const upTo1 = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

function plural(n: number, one: string, many: string): string {
  return `${count.format(n)} ${n === 1 ? one : many}`
}

function ms(us: number): string {
  return `${fixed3.format(us / 1000)} ms`
}

function aboutMs(us: number): string {
  return `${upTo1.format(us / 1000)} ms`
}

function signedMs(us: number): string {
  return `${us > 0 ? '+' : '−'}${aboutMs(Math.abs(us))}`
}

/** Every word of the page, in English. Another language has the same keys. */
export const en = {
  language: 'en',
  product: 'Lockstep',
  loading: 'Loading…',
  close: 'Close',

  count: (n: number) => count.format(n),
  time: ms,
  duration: aboutMs,
  clockMs: (us: number) => fixed3.format(us / 1000),
  ms: 'ms',

  top: {
    edited: 'edited',
    live: 'live',
    fromLink: 'The link',
    seed: 'Seed',
    newSeed: 'Try another seed',
    clock: 'Virtual time',
    speed: 'Speed',
    speedValue: (speed: number) =>
      speed >= 1 ? '1×' : `1/${count.format(Math.round(1 / speed))}×`,
    share: 'Share',
    help: 'Keys and help',
    palette: 'All commands',
    toDark: 'Use the dark look',
    toLight: 'Use the light look',
    rail: 'Experiments',
    side: 'Inspector',
    showRail: 'Show experiments',
    hideRail: 'Hide experiments',
    showSide: 'Show the inspector',
    hideSide: 'Hide the inspector',
  },

  share: {
    copyLink: 'Copy link to this run',
    copied: 'Link copied. Whoever opens it sees the same run.',
    copyFailed: (link: string) => `The browser refused to copy. The link: ${link}`,
    copyTraced: 'Copy link to this experiment',
    save: 'Save scenario as a file',
    open: 'Open a scenario file…',
    unreadable: (name: string, why: string) => `${name} could not be read as JSON: ${why}`,
    notScenario: (name: string) =>
      `${name} holds no scenario: expected an object with v, lab, seed, nodes, work and faults.`,
    badLink: (why: string) => `The link could not be opened: ${why}`,
  },

  verdict: {
    title: 'Verdict',
    none: 'No verdict yet',
    running: 'Running…',
    holds: 'Holds',
    violated: 'Violated',
    unknown: 'Unknown',
    expected: 'As expected',
    unexpected: (is: string) => `Expected: ${is}`,
    by: (by: string) => `By ${by}`,
    evidence: 'Operations that cannot be explained together',
    toViolation: 'Go to the first violation',
    noViolation: 'This run has no violation to go to.',
    looked: 'What else was looked at',
    empty: 'Pick an experiment to get a verdict on what its clients saw.',
  },

  rail: {
    experiments: 'Experiments',
    noExperiments: 'This server offers no experiments. Open a scenario file from the share menu.',
    groups: {
      creational: 'Creational patterns',
      structural: 'Structural patterns',
      behavioral: 'Behavioral patterns',
      principles: 'Principles',
    } as Record<string, string>,
    about: 'About this run',
    story: 'Story',
    watch: 'Watch for',
    rules: 'Break a rule',
    rulesHint: 'Switch a safety rule off, and see which judge notices.',
    run: 'This run',
    nodes: 'Nodes',
    nodeCount: (n: number) => count.format(n),
    steps: 'Steps',
    messages: 'Messages',
    length: 'Length',
    hash: 'Trace hash',
    hashNone: 'none yet',
    copyHash: 'Copy the trace hash',
    hashCopied: 'Trace hash copied.',
    marks: 'Marks reached',
    branches: 'Branches',
    branchesHint: 'Keep the run as it is now, then change it; come back at any time.',
    branchHere: 'Branch here',
    branchAt: (at: number, title: string) => `${title} at ${ms(at)}`,
    branchKept: (at: number) =>
      `Kept this run at ${ms(at)}. What you change now leaves it as it was.`,
    otherVersion: 'The server speaks another version of the page. Reload the page.',
    reset: 'Back to the experiment',
    undo: 'Undo',
    redo: 'Redo',
    goLive: 'Go live',
    goLiveHint: 'Start the same code as OS processes on this machine.',
    goSimulated: 'Back to the simulation',
  },

  watches: {
    title: 'Watches and stops',
    hint: 'Watch an expression over the nodes as time moves, and stop where a condition becomes true.',
    input: 'Expression to watch',
    example: "nodes.n1.role == 'leader'",
    add: 'Watch this expression',
    remove: (text: string) => `Watch no more: ${text}`,
    stopOn: (text: string) => `Stop where it becomes true: ${text}`,
    stopOff: (text: string) => `Do not stop at: ${text}`,
    tooMany: (most: number) => `${count.format(most)} watches are the most. Remove one first.`,
    stopped: (text: string) => `Stopped: ${text}`,
    noStops: 'No condition to stop at. Add a watch and switch its stop on.',
    noMore: 'No further stop in this direction.',
  },

  sequence: {
    participants: 'Participants',
    picture: 'Class picture',
    relations: 'Relations',
    relation: (from: string, kind: string, to: string) => `${from} ${kind} ${to}`,
    calls: 'Calls',
    step: 'Step',
    steps: (n: number) => plural(n, 'step', 'steps'),
    stepOf: (n: number, of: number) => `${count.format(n)} of ${count.format(of)}`,
    line: (line: string) =>
      line
        .replace(' -> ', ' → ')
        .replace(' <- ', ' ← ')
        .replace(/^== (.*) ==$/, '$1'),
  },

  stage: {
    label: 'Nodes',
    empty: 'Pick an experiment to see a cluster run.',
    emptyHint: 'Or press ? to see what the keys do.',
    failed: 'No session on this server',
    failedHint:
      'The page could not reach the session that runs the simulation. Start it with “npx lockstep play”, or run it here.',
    retry: 'Try again',
    runHere: 'Run in this page instead',
    lost: 'Connection lost. Trying again; what you see stays.',
    liveEnded: 'The connection to the live cluster was lost. What was recorded stays.',
    node: (id: string, role: string, note: string, state: string) =>
      state === 'up' ? `${id}, ${role}, ${note}` : `${id}, ${state}`,
    epochShort: (epoch: number) => `term ${epoch}`,
    starting: 'not started',
    state: { up: 'up', down: 'down', paused: 'paused' },
    slow: (us: number) => `+${upTo1.format(us / 1000)} ms`,
    lossy: (share: number) => `${upTo1.format(share * 100)} % lost`,
  },

  tip: {
    link: (from: string, to: string) => `${from} → ${to}`,
    linkState: (cut: boolean, cutBack: boolean) =>
      cut && cutBack ? 'cut both ways' : cut ? 'cut' : cutBack ? 'way back cut' : 'whole',
    flightTook: (us: number) => `arrives after ${aboutMs(us)}`,
    log: (end: number, synced: number, commit: number, applied: number) =>
      `log ${end} · synced ${synced} · commit ${commit} · applied ${applied}`,
    unsynced: (n: number) => `${plural(n, 'write', 'writes')} not durable`,
    timer: (name: string, us: number) => `${name} in ${aboutMs(us)}`,
    clockOff: (us: number) => `clock ${signedMs(us)}`,
    votes: (granted: number, needed: number) => `${granted} of ${needed} votes`,
  },

  fate: {
    flying: 'on its way',
    delivered: 'delivered',
    loss: 'lost on the way',
    cut: 'lost: the link was cut',
    'receiver-down': 'lost: the receiver was down',
    'unknown-peer': 'dropped: nobody has that id',
    refused: 'refused by the receiver',
  },

  do: {
    crash: (id: string) => `Crash ${id}`,
    stop: (id: string) => `Stop ${id} in good order`,
    restart: (id: string) => `Restart ${id}`,
    restartWiped: (id: string) => `Restart ${id} with an empty disk`,
    pause: (id: string) => `Pause ${id}`,
    resume: (id: string) => `Resume ${id}`,
    isolate: (id: string) => `Isolate ${id}`,
    rejoin: (id: string) => `Mend all links of ${id}`,
    cut: (from: string, to: string) => `Cut ${from} → ${to}`,
    cutBoth: (a: string, b: string) => `Cut ${a} ↔ ${b}`,
    mend: (from: string, to: string) => `Mend ${from} → ${to}`,
    mendBoth: (a: string, b: string) => `Mend ${a} ↔ ${b}`,
    slow: (from: string, to: string, byMs: number) => `Slow ${from} → ${to} by ${byMs} ms`,
    unslow: (from: string, to: string) => `Full speed on ${from} → ${to}`,
    lose: (from: string, to: string) => `Lose half of ${from} → ${to}`,
    unlose: (from: string, to: string) => `Lose nothing on ${from} → ${to}`,
    stall: (id: string, byMs: number) => `Slow the disk of ${id} by ${byMs} ms`,
    unstall: (id: string) => `Disk of ${id} at full speed`,
    clockJump: (id: string, by: number) =>
      `Clock of ${id} ${by > 0 ? 'forward' : 'back'} ${upTo1.format(Math.abs(by) / 1000)} s`,
    clockFast: (id: string) => `Fast clock on ${id}`,
    clockSlow: (id: string) => `Slow clock on ${id}`,
    clockTrue: (id: string) => `True clock rate on ${id}`,
    heal: 'Heal everything',
    partition: 'Partition…',
    inspect: (id: string) => `Inspect ${id}`,
    inspectMessage: 'Inspect this message',
    follow: (name: string) => `Go to where ${name} ends`,
    operate: 'Run an operation…',
    selectFirst: 'Select a node first: click it, or press Tab to reach the nodes.',
    openFirst: 'Pick an experiment first.',
  },

  members: {
    label: 'Members',
    add: (id: string) => `Add ${id}`,
    adding: (id: string) => `Adding ${id}…`,
    removing: (id: string) => `Removing ${id}…`,
    addHint: (id: string) => `Start ${id} as a process, let it learn the log, and let it vote.`,
    full: 'No more nodes',
    fullHint: 'There are as many nodes as a live cluster has here at most. Remove one first.',
    admit: (id: string) => `Let ${id} vote`,
    remove: (id: string) => `Remove ${id}`,
    wait: ({ do: what, node }: { readonly do: 'add' | 'remove'; readonly node: string }) =>
      `One change at a time: ${what === 'add' ? 'adding' : 'removing'} ${node} is under way.`,
  },

  partition: {
    title: 'Partition the network',
    text: 'Nodes of different sides cannot reach each other from now on. Mend or heal to undo it.',
    left: 'Side A',
    right: 'Side B',
    node: (id: string, side: string) => `${id}: ${side}`,
    apply: 'Cut between the sides',
    needBoth: 'Put at least one node on each side.',
  },

  play: {
    label: 'Playing',
    play: 'Play',
    pause: 'Pause',
    follow: 'Follow the newest events',
    following: 'Following',
    back: 'Step back one event',
    forward: 'Step forward one event',
    markBack: 'Previous mark',
    markForward: 'Next mark',
    start: 'To the start',
    end: 'To the end',
  },

  line: {
    label: 'Time line',
    scrubber: 'Time of the run',
    valueText: (at: number, end: number) => `${ms(at)} of ${ms(end)}`,
    spaceTime: 'Space–time',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fit: 'Show the whole run',
    empty: 'Faults, roles and marks of a run appear here.',
    phase: {
      faults: 'faults',
      heal: 'heal',
      quiet: 'quiet',
      final: 'final reads',
      end: 'end',
    } as Record<string, string>,
    cuts: (links: readonly string[]) =>
      links.length <= 2 ? `cut ${links.join(', ')}` : `cut ${links.length} links`,
    clients: 'clients',
    progress: (steps: number) => `${count.format(steps)} steps run`,
  },

  inspector: {
    title: 'Inspector',
    empty: 'Click a node, a message or an operation to look inside.',
    node: 'Node',
    message: 'Message',
    operation: 'Operation',
    client: 'Client',
    unpin: 'Close what is pinned',
    incarnation: 'Incarnation',
    clock: 'Clock',
    clockTrue: 'true',
    clockOff: signedMs,
    unsynced: 'Not durable',
    timers: 'Timers',
    timerDue: (us: number) => (us >= 0 ? `in ${aboutMs(us)}` : 'due'),
    log: 'Log',
    noLog: 'The log is empty.',
    view: 'Full state',
    committed: 'committed',
    applied: 'applied',
    sent: 'Sent',
    ended: 'Ended',
    fate: 'Fate',
    why: 'Why did this happen',
    content: 'Content',
    cause: (kind: string, node: string, name: string) =>
      [node, kind, name].filter(Boolean).join(' '),
    notKept: 'The session kept no content of this message.',
    invoked: 'Invoked',
    outcome: 'Outcome',
    goTo: (at: number) => `Go to ${ms(at)}`,
    viewFailed: (why: string) => `The state could not be read: ${why}`,
  },

  kind: {
    start: 'started',
    send: 'sent',
    duplicate: 'network doubled',
    deliver: 'received',
    drop: 'lost',
    arm: 'set the timer',
    disarm: 'cleared the timer',
    fire: 'timer fired:',
    append: 'appended',
    save: 'saved a snapshot',
    sync: 'synced its disk',
    crash: 'crashed',
    stop: 'was asked to stop',
    'hang-up': 'heard a connection end',
    pause: 'paused',
    resume: 'resumed',
    cut: 'link cut',
    mend: 'link mended',
    slow: 'link slowed',
    lose: 'link made lossy',
    stall: 'disk slowed',
    clock: 'clock changed',
    mark: 'reached',
    invoke: 'began an operation',
    ok: 'operation succeeded',
    fail: 'operation failed',
    info: 'operation ended unknown',
    phase: 'phase',
    violation: 'violated',
  },

  events: {
    title: 'Events',
    filter: 'Filter events',
    clear: 'Clear the filter',
    empty: 'What happens in the run is told here.',
    none: (query: string) => `No event mentions “${query}”.`,
    shown: (n: number, of: number) =>
      n === of ? plural(of, 'event', 'events') : `${count.format(n)} of ${count.format(of)}`,
  },

  console: {
    title: 'Client',
    input: 'Operation',
    run: 'Run',
    runAt: (at: number) => `runs at ${ms(at)}`,
    runNow: 'runs now',
    examples: 'Try',
    empty: 'Be a client: type an operation and press Enter.',
    pending: 'open',
    ok: (us: number) => `ok after ${aboutMs(us)}`,
    fail: (us: number) => `failed after ${aboutMs(us)}`,
    info: 'nobody knows whether it happened',
  },

  commands: {
    palette: 'Commands',
    search: 'Type a command',
    none: 'No command has that name.',
    groups: { play: 'Watch', do: 'Do', go: 'Go to', page: 'Page' },
    toggle: 'Play or pause',
    back: 'Step back one event',
    forward: 'Step forward one event',
    nodeBack: 'Previous event of the selected node',
    nodeForward: 'Next event of the selected node',
    markBack: 'Previous mark',
    markForward: 'Next mark',
    stopBack: 'Previous stop',
    stopForward: 'Next stop',
    listBack: 'Previous event in the list',
    listForward: 'Next event in the list',
    start: 'Go to the start',
    end: 'Go to the end',
    slower: 'Slower',
    faster: 'Faster',
    crash: 'Crash or restart the selected node',
    partition: 'Partition the network',
    operate: 'Client operation',
    branch: 'Branch here',
    violation: 'Go to the first violation',
    searchEvents: 'Search the event list',
    undo: 'Undo your last change',
    redo: 'Redo what was undone',
    newSeed: 'Run with another seed',
    heal: 'Heal everything',
    spaceTime: 'Open or close space–time',
    theme: 'Dark or light look',
    help: 'Show keys and help',
    share: 'Copy link to this run',
    experiment: (title: string) => `Open: ${title}`,
  },

  help: {
    title: 'How to use this instrument',
    text: 'A run is recorded as it happens; playing, stepping and scrubbing walk over the record. Break something at any moment of it, and the run goes on from there as it would have. Roles are told by shape, terms by colour.',
    keys: 'Keys',
    keysHint: 'Keys rest while you type.',
    legend: 'Shapes',
    shapes: {
      follower: 'follower',
      candidate: 'candidate, with its votes',
      leader: 'leader',
      observer: 'observer',
      down: 'crashed',
      paused: 'paused',
    },
    glyphs: {
      vote: 'vote',
      append: 'append',
      heartbeat: 'heartbeat',
      snapshot: 'snapshot',
      client: 'client',
      other: 'other',
    },
    arc: 'The arc around a node is its election timer; the bar below it shows its log: end, durable, committed, applied; the stack beside it is what its disk has not synced yet.',
    api: 'The API of the packages',
  },

  panel: {
    resize: (what: string) => `Resize ${what}`,
  },
}

/** What a language must say. */
export type Words = typeof en
