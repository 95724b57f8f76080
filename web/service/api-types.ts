// Written by `npm run openapi` from api/openapi.json: what can be asked of the service, and what it answers.

export interface Problem { type: string; title: string; status: number; detail: string; instance: string; code: string; next: string; errors?: { pointer: string; message: string }[] }

export interface Api {
  /** Log in with name and password. */
  'POST /sessions': { at: {}; query: {}; body: { login: string; password: string }; answer: { token: string; expires_at: string; person: { id: string; name: string; kind: 'person' | 'key'; role?: 'viewer' | 'engineer' | 'approver' | 'administrator' } } }
  /** Log out. */
  'DELETE /sessions/current': { at: {}; query: {}; body: undefined; answer: undefined }
  /** Who is asking. */
  'GET /me': { at: {}; query: {}; body: undefined; answer: { id: string; name: string; kind: 'person' | 'key'; role?: 'viewer' | 'engineer' | 'approver' | 'administrator' } }
  /** Ways to log in. */
  'GET /sessions/ways': { at: {}; query: {}; body: undefined; answer: { password: boolean; identity_provider?: { issuer: string; start: string } } }
  /** Log in through the identity provider. */
  'GET /sessions/oidc': { at: {}; query: {}; body: undefined; answer: undefined }
  /** Back from the identity provider. */
  'GET /sessions/oidc/callback': { at: {}; query: { state?: string; code?: string; error?: string; iss?: string }; body: undefined; answer: undefined }
  /** Everybody with a login. */
  'GET /people': { at: {}; query: {}; body: undefined; answer: { items: { id: string; login: string; name: string; role: 'viewer' | 'engineer' | 'approver' | 'administrator'; disabled: boolean; version: number }[] } }
  /** Give somebody a login. */
  'POST /people': { at: {}; query: {}; body: { login: string; name: string; role: 'viewer' | 'engineer' | 'approver' | 'administrator'; password?: string }; answer: { id: string; login: string; name: string; role: 'viewer' | 'engineer' | 'approver' | 'administrator'; disabled: boolean; version: number } }
  /** One person. */
  'GET /people/{person}': { at: { person: string }; query: {}; body: undefined; answer: { id: string; login: string; name: string; role: 'viewer' | 'engineer' | 'approver' | 'administrator'; disabled: boolean; version: number } }
  /** Change name, role, password, or shut somebody out. */
  'PATCH /people/{person}': { at: { person: string }; query: {}; body: { name?: string; role?: 'viewer' | 'engineer' | 'approver' | 'administrator'; password?: string; disabled?: boolean }; answer: { id: string; login: string; name: string; role: 'viewer' | 'engineer' | 'approver' | 'administrator'; disabled: boolean; version: number } }
  /** Who is behind the ids. */
  'GET /names': { at: {}; query: {}; body: undefined; answer: { items: { id: string; name: string }[] } }
  /** Keys of machines, without their secrets. */
  'GET /keys': { at: {}; query: {}; body: undefined; answer: { items: { id: string; name: string; scopes: { do: 'feed'; feed: string } | { do: 'screen'; screen: string } | { do: 'cabinet'; network: string; signal: string } | { do: 'metrics' }[]; created_by: string; created_at: string; expires_at?: string; revoked_at?: string }[] } }
  /** Make a key for a machine. */
  'POST /keys': { at: {}; query: {}; body: { name: string; scopes: { do: 'feed'; feed: string } | { do: 'screen'; screen: string } | { do: 'cabinet'; network: string; signal: string } | { do: 'metrics' }[]; expires_at?: string }; answer: { key: { id: string; name: string; scopes: { do: 'feed'; feed: string } | { do: 'screen'; screen: string } | { do: 'cabinet'; network: string; signal: string } | { do: 'metrics' }[]; created_by: string; created_at: string; expires_at?: string; revoked_at?: string }; secret: string } }
  /** Take a key back. */
  'DELETE /keys/{key}': { at: { key: string }; query: {}; body: undefined; answer: { id: string; name: string; scopes: { do: 'feed'; feed: string } | { do: 'screen'; screen: string } | { do: 'cabinet'; network: string; signal: string } | { do: 'metrics' }[]; created_by: string; created_at: string; expires_at?: string; revoked_at?: string } }
  /** Who did what, newest first. */
  'GET /audit': { at: {}; query: { limit?: number; after?: string; subject?: string; actor?: string }; body: undefined; answer: { items: { seq: number; time: string; actor: string; action: string; subject_kind: string; subject: string; detail: Record<string, unknown>; previous: string; hash: string }[]; next?: string } }
  /** Whether nothing was changed or taken out. */
  'GET /audit/verification': { at: {}; query: {}; body: undefined; answer: { intact: boolean; entries: number; why?: string } }
  /** Long work, newest first. */
  'GET /jobs': { at: {}; query: { limit?: number; after?: string; kind?: string; state?: 'queued' | 'running' | 'done' | 'failed' | 'cancelled' }; body: undefined; answer: { items: { id: string; kind: string; state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'; progress: number; label: string; result?: unknown; problem?: unknown; by: string; created_at: string; updated_at: string }[]; next?: string } }
  /** How far a job is, and what came out. */
  'GET /jobs/{job}': { at: { job: string }; query: {}; body: undefined; answer: { id: string; kind: string; state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'; progress: number; label: string; result?: unknown; problem?: unknown; by: string; created_at: string; updated_at: string } }
  /** Call a job off. */
  'DELETE /jobs/{job}': { at: { job: string }; query: {}; body: undefined; answer: { id: string; kind: string; state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'; progress: number; label: string; result?: unknown; problem?: unknown; by: string; created_at: string; updated_at: string } }
  /** Server-sent events: plans, jobs, state, screens. */
  'GET /events': { at: {}; query: { network?: string; kinds?: string }; body: undefined; answer: string }
  /** All networks. */
  'GET /networks': { at: {}; query: {}; body: undefined; answer: { items: { id: string; name: string; time_zone: string; version: number; hash: string; updated_at: string }[] } }
  /** One network. */
  'GET /networks/{network}': { at: { network: string }; query: {}; body: undefined; answer: { id: string; name: string; time_zone: string; version: number; hash: string; updated_at: string } }
  /** A network, new or a new version. */
  'PUT /networks/{network}': { at: { network: string }; query: {}; body: Record<string, unknown>; answer: { id: string; name: string; time_zone: string; version: number; hash: string; updated_at: string } }
  /** The documents of a network. */
  'GET /networks/{network}/scenario': { at: { network: string }; query: { version?: number }; body: undefined; answer: Record<string, unknown> }
  /** The network as GeoJSON (RFC 7946). */
  'GET /networks/{network}/geojson': { at: { network: string }; query: {}; body: undefined; answer: Record<string, unknown> }
  /** The streets as pages draw them, in metres. */
  'GET /networks/{network}/drawing': { at: { network: string }; query: {}; body: undefined; answer: Record<string, unknown> }
  /** Corridors of a network. */
  'GET /networks/{network}/corridors': { at: { network: string }; query: {}; body: undefined; answer: { items: { id: string; name: string; intersections: string[] }[] } }
  /** All feeds. */
  'GET /feeds': { at: {}; query: { network?: string }; body: undefined; answer: { items: { id: string; network: string; kind: 'probes' | 'radar' | 'events' | 'counts' | 'speeds' | 'links' | 'turns'; format: string; settings: Record<string, unknown>; enabled: boolean; version: number; created_at: string }[] } }
  /** One feed. */
  'GET /feeds/{feed}': { at: { feed: string }; query: {}; body: undefined; answer: { id: string; network: string; kind: 'probes' | 'radar' | 'events' | 'counts' | 'speeds' | 'links' | 'turns'; format: string; settings: Record<string, unknown>; enabled: boolean; version: number; created_at: string } }
  /** A feed, new or changed. */
  'PUT /feeds/{feed}': { at: { feed: string }; query: {}; body: { network: string; kind: 'probes' | 'radar' | 'events' | 'counts' | 'speeds' | 'links' | 'turns'; format: string; settings: Record<string, unknown>; enabled: boolean }; answer: { id: string; network: string; kind: 'probes' | 'radar' | 'events' | 'counts' | 'speeds' | 'links' | 'turns'; format: string; settings: Record<string, unknown>; enabled: boolean; version: number; created_at: string } }
  /** Take a feed away; its rows stay as long as their days. */
  'DELETE /feeds/{feed}': { at: { feed: string }; query: {}; body: undefined; answer: undefined }
  /** By day: what was read, believed, and set aside, by cause. */
  'GET /feeds/{feed}/health': { at: { feed: string }; query: { from?: string }; body: undefined; answer: { days: { day: string; health: { source: string; read: number; accepted: number; from?: string; until?: string; refused?: string; issues: { verdict: string; cause: string; records: number; example: string }[] } }[] } }
  /** What became of a batch. */
  'GET /feeds/{feed}/batches/{batch}': { at: { feed: string; batch: string }; query: {}; body: undefined; answer: { feed: string; batch: string; outcome: 'stored' | 'duplicate'; read: number; accepted: number; issues: { verdict: string; cause: string; records: number; example: string }[] } }
  /** A batch of probes. */
  'POST /feeds/{feed}/batches/{batch}': { at: { feed: string; batch: string }; query: {}; body: undefined; answer: { feed: string; batch: string; outcome: 'stored' | 'duplicate'; read: number; accepted: number; issues: { verdict: string; cause: string; records: number; example: string }[] } | { feed: string; batch: string; outcome: 'kept' } }
  /** Links and movements now, from the vehicles of the last ten minutes. */
  'GET /networks/{network}/live': { at: { network: string }; query: {}; body: undefined; answer: { at: string; links: { link: string; freshness: 'live' | 'ageing' | 'old' | 'no-data'; age_s: number; vehicles: number; speed_mps?: number; travel_time_s?: number; index?: number }[]; movements: { movement: string; crossings: number; delay_s?: number }[] } }
  /** Days with a measured state, newest first. */
  'GET /networks/{network}/states': { at: { network: string }; query: { limit?: number }; body: undefined; answer: { days: string[] } }
  /** The whole state of a day, as `greenwave measure --json` prints it. */
  'GET /networks/{network}/states/{day}': { at: { network: string; day: string }; query: {}; body: undefined; answer: Record<string, unknown> }
  /** Movements, links, places, signals, phases or feeds of a day. */
  'GET /networks/{network}/states/{day}/{part}': { at: { network: string; day: string; part: 'movements' | 'links' | 'places' | 'signals' | 'phases' | 'feeds' }; query: {}; body: undefined; answer: { day: string; items: Record<string, unknown>[] } }
  /** Links minute by minute. */
  'GET /networks/{network}/minutes': { at: { network: string }; query: { from?: string; until?: string; links?: string }; body: undefined; answer: { items: { link: string; time: string; speed_mps?: number; travel_time_s?: number; index?: number; vehicles: number }[] } }
  /** One signal on one day: plans, greens, arrivals, splits, hours. */
  'GET /networks/{network}/signals/{signal}/days/{day}/measures': { at: { network: string; signal: string; day: string }; query: { from_s?: number; until_s?: number; probes?: boolean }; body: undefined; answer: Record<string, unknown> }
  /** One signal on one day as a table, one row a value. */
  'GET /networks/{network}/signals/{signal}/days/{day}/measures.csv': { at: { network: string; signal: string; day: string }; query: { from_s?: number; until_s?: number; probes?: boolean }; body: undefined; answer: string }
  /** One signal on one day as a page to print, A4 or A3. */
  'GET /networks/{network}/signals/{signal}/days/{day}/report.html': { at: { network: string; signal: string; day: string }; query: { from_s?: number; until_s?: number; probes?: boolean; paper?: 'a4' | 'a3' }; body: undefined; answer: string }
  /** Speeds along a corridor over a day, link by link. */
  'GET /networks/{network}/corridors/{corridor}/days/{day}/speeds': { at: { network: string; corridor: string; day: string }; query: { column_s?: number }; body: undefined; answer: Record<string, unknown> }
  /** Speeds along a corridor over a day as a table. */
  'GET /networks/{network}/corridors/{corridor}/days/{day}/speeds.csv': { at: { network: string; corridor: string; day: string }; query: { column_s?: number }; body: undefined; answer: string }
  /** Run times hour by weekday, before and after a change. */
  'GET /networks/{network}/corridors/{corridor}/hours': { at: { network: string; corridor: string }; query: { changed?: string; direction?: 'outbound' | 'inbound'; days?: number }; body: undefined; answer: Record<string, unknown> }
  /** Run times hour by weekday as a table. */
  'GET /networks/{network}/corridors/{corridor}/hours.csv': { at: { network: string; corridor: string }; query: { changed?: string; direction?: 'outbound' | 'inbound'; days?: number }; body: undefined; answer: string }
  /** Days of which something is kept, newest first. */
  'GET /networks/{network}/days': { at: { network: string }; query: { limit?: number }; body: undefined; answer: { items: { day: string; measured: boolean; records: number }[] } }
  /** The worklist. */
  'GET /networks/{network}/treatments': { at: { network: string }; query: { limit?: number; after?: string }; body: undefined; answer: { items: { id: string; name: string; status: 'found' | 'analysed' | 'tried' | 'proposed' | 'approved' | 'treated' | 'measured' | 'dismissed'; version: number }[]; next?: string } }
  /** One card. */
  'GET /networks/{network}/treatments/{treatment}': { at: { network: string; treatment: string }; query: {}; body: undefined; answer: { id: string; name: string; status: 'found' | 'analysed' | 'tried' | 'proposed' | 'approved' | 'treated' | 'measured' | 'dismissed'; version: number } }
  /** Take a card a step on, give it an owner or a date. */
  'PATCH /networks/{network}/treatments/{treatment}': { at: { network: string; treatment: string }; query: {}; body: { status?: 'proposed' | 'approved' | 'treated' | 'dismissed'; owner?: string; due?: string; note?: string }; answer: { id: string; name: string; status: 'found' | 'analysed' | 'tried' | 'proposed' | 'approved' | 'treated' | 'measured' | 'dismissed'; version: number } }
  /** Newest diagnoses: how far they are, and what they found. */
  'GET /networks/{network}/diagnoses': { at: { network: string }; query: {}; body: undefined; answer: { items: { id: string; kind: string; state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'; progress: number; label: string; result?: unknown; problem?: unknown; by: string; created_at: string; updated_at: string }[] } }
  /** Find the causes of a day's congestion. */
  'POST /networks/{network}/diagnoses': { at: { network: string }; query: {}; body: { day?: string; runs?: number; seed?: number; places?: number; owner?: string }; answer: { job: string } }
  /** What a treatment did so far. */
  'GET /networks/{network}/treatments/{treatment}/effect': { at: { network: string; treatment: string }; query: {}; body: undefined; answer: Record<string, unknown> }
  /** What changes on corridors did, the newest questions first. */
  'GET /networks/{network}/effects': { at: { network: string }; query: {}; body: undefined; answer: { items: { id: string; kind: string; state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'; progress: number; label: string; result?: unknown; problem?: unknown; by: string; created_at: string; updated_at: string }[] } }
  /** Ask what a change on a corridor did. */
  'POST /networks/{network}/effects': { at: { network: string }; query: {}; body: { corridor: string; changed: string; period?: string }; answer: { job: string } }
  /** Plans without their documents, newest first. */
  'GET /plans': { at: {}; query: { limit?: number; after?: string; network?: string; corridor?: string; stage?: 'draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired' }; body: undefined; answer: { items: { id: string; network: string; network_version: number; corridor: string; period: string; stage: 'draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired'; next_stages: ('draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired')[]; version: number; hash: string; author: string; approver?: string; reason: string; created_at: string; updated_at: string; cycle_s: number }[]; next?: string } }
  /** A draft from a plan document. */
  'POST /plans': { at: {}; query: {}; body: { network: string; network_version?: number; document: { format: 'greenwave.plan/1'; id: string; scenario: string; corridor: string; period: string; cycle_s: number; intersections: { id: string; source_id: string; name?: string; signal: string; cycle_s: number; offset_s: number; offset_reference: 'sequence_start' | 'begin_of_green' | 'first_green' | 'begin_of_yellow' | 'begin_of_red' | 'begin_of_clearance'; coordinated: string[]; signal_groups: { id: string; green_windows_s: [number, number][]; yellow_s: number; red_clearance_s: number }[]; kind: 'rings'; barriers: { rings: { phase: string; split_s: number }[][] }[] } | { id: string; source_id: string; name?: string; signal: string; cycle_s: number; offset_s: number; offset_reference: 'sequence_start' | 'begin_of_green' | 'first_green' | 'begin_of_yellow' | 'begin_of_red' | 'begin_of_clearance'; coordinated: string[]; signal_groups: { id: string; green_windows_s: [number, number][]; yellow_s: number; red_clearance_s: number }[]; kind: 'stages'; stages: { id: string; kind: 'stage' | 'interstage'; green: string[]; duration_s: number; min_s?: number; max_s?: number }[] }[]; bands: { direction: 'outbound' | 'inbound'; width_s: number; width_cycle: number; limited_by: string[]; links: { from: string; to: string; distance_m: number; travel_time_s: number; speed_mps: number }[]; front_s: { signal: string; time_s: number }[] }[]; link_bands?: { bands: { direction: 'outbound' | 'inbound'; from: string; to: string; width_s: number; bound_s: number; gap_s: number; weight: number; front_s: { signal: string; time_s: number }[] }[]; certificate: { value: number; bound: number; gap: number; gap_share: number; proven: boolean; stopped: 'proven' | 'effort' }; sentences: string[] }; paths?: { bands: { id: string; name: string; mode: 'car' | 'bus' | 'bicycle'; persons_h: number; weight: number; width_s: number; reason?: string; front_s: { signal: string; time_s: number }[] }[]; certificate: { value: number; bound: number; gap: number; gap_share: number; proven: boolean; stopped: 'proven' | 'effort' }; sentences: string[] }; certificate: { objective: 'band' | 'delay'; value: number; bound: number; gap: number; proven: boolean; method: string; sentence: string }; insight?: { cycles: { cycles: { cycle_s: number; value_s: number; share: number }[]; best: { cycle_s: number; value_s: number; share: number }; taken: { cycle_s: number; value_s: number; share: number }; better: number }; steps: { change: { kind: 'pattern'; signal: string; pattern: string } | { kind: 'green'; signal: string; added_s: number; at: 'start' | 'end' } | { kind: 'cycle'; cycle_s: number } | { kind: 'link-speed'; added_mps: number; link?: { from: string; to: string } }; value_s: number; gain_s: number; share: number; gain_share: number }[]; conflict?: { cycle_s: number; least_s: number; directions: 'both' | 'outbound' | 'inbound'; signals: string[]; resolutions: { kind: 'cycle'; cycle_s: number; side: 'longer' | 'shorter'; onwards: boolean } | { kind: 'pattern'; signal: string; pattern: string } | { kind: 'green'; signal: string; added_s: number; at: 'start' | 'end' } | { kind: 'speed'; added_kmh: number }[] }; sentences: string[] }; losers: { kind: 'side-street' | 'turning' | 'pedestrian' | 'through'; signal: string; movement?: string; name: string; measure: string; before: number; after: number; limit?: number; sentence: string }[]; provenance: { version: string; seed: number; inputs: Record<string, string>; objective: string; assumptions: string[] } }; reason: string }; answer: { id: string; network: string; network_version: number; corridor: string; period: string; stage: 'draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired'; next_stages: ('draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired')[]; version: number; hash: string; author: string; approver?: string; reason: string; created_at: string; updated_at: string; document: Record<string, unknown>; evaluation?: Record<string, unknown> } }
  /** A plan with its document and what the simulation said. */
  'GET /plans/{plan}': { at: { plan: string }; query: {}; body: undefined; answer: { id: string; network: string; network_version: number; corridor: string; period: string; stage: 'draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired'; next_stages: ('draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired')[]; version: number; hash: string; author: string; approver?: string; reason: string; created_at: string; updated_at: string; document: Record<string, unknown>; evaluation?: Record<string, unknown> } }
  /** Change a plan by hand. */
  'POST /plans/{plan}/edits': { at: { plan: string }; query: {}; body: { edits: { kind: 'offset'; signal: string; was_s: number; becomes_s: number } | { kind: 'edge'; signal: string; parts: { part: number; was_s: number; becomes_s: number }[] } | { kind: 'sequence'; signal: string; was: string[][]; becomes: string[][] } | { kind: 'parts'; signal: string; was: { kind: 'rings'; barriers: { rings: { phase: string; split_s: number }[][] }[] } | { kind: 'stages'; stages: { id: string; kind: 'stage' | 'interstage'; green: string[]; duration_s: number; min_s?: number; max_s?: number }[] }; becomes: { kind: 'rings'; barriers: { rings: { phase: string; split_s: number }[][] }[] } | { kind: 'stages'; stages: { id: string; kind: 'stage' | 'interstage'; green: string[]; duration_s: number; min_s?: number; max_s?: number }[] } } | { kind: 'cycle'; was_s: number; becomes_s: number; signals: { signal: string; was: { cycle_s: number; offset_s: number; durations_s: number[] }; becomes: { cycle_s: number; offset_s: number; durations_s: number[] } }[] } | { kind: 'speed'; direction: 'outbound' | 'inbound'; to: string; was_mps: number; becomes_mps: number }[]; reason?: string }; answer: { id: string; network: string; network_version: number; corridor: string; period: string; stage: 'draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired'; next_stages: ('draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired')[]; version: number; hash: string; author: string; approver?: string; reason: string; created_at: string; updated_at: string; document: Record<string, unknown>; evaluation?: Record<string, unknown> } }
  /** Before and after by measure and by movement, rounded as everywhere. */
  'GET /plans/{plan}/comparison': { at: { plan: string }; query: {}; body: undefined; answer: { plan: string; version: number; hash: string; runs: number; seed: number | null; measures: { id: string; label: string; signal: string; unit: string; decimals: number; before: number | null; after: number | null; change: number | null; half: number | null; percent: number | null; verdict: 'better' | 'worse' | 'undecided' }[]; movements: { id: string; label: string; signal: string; unit: string; decimals: number; before: number | null; after: number | null; change: number | null; half: number | null; percent: number | null; verdict: 'better' | 'worse' | 'undecided'; on_corridor: boolean; volume_vph: number | null; stops_before: number | null; stops_after: number | null; queue_before_m: number | null; queue_after_m: number | null; level_before: 'A' | 'B' | 'C' | 'D' | 'E' | 'F'; level_after: 'A' | 'B' | 'C' | 'D' | 'E' | 'F'; total_veh_h: number | null }[] } }
  /** The report of a plan as a page to print, A4 or A3. */
  'GET /plans/{plan}/report.html': { at: { plan: string }; query: { units?: 'metric' | 'us'; from_s?: number; until_s?: number; paper?: 'a4' | 'a3' }; body: undefined; answer: string }
  /** Before and after by measure and by movement, as a table. */
  'GET /plans/{plan}/report.csv': { at: { plan: string }; query: {}; body: undefined; answer: string }
  /** The timing sheets of a plan as a table. */
  'GET /plans/{plan}/timing.csv': { at: { plan: string }; query: {}; body: undefined; answer: string }
  /** The time-space diagram of a plan, or of what ran before it. */
  'GET /plans/{plan}/report.svg': { at: { plan: string }; query: { units?: 'metric' | 'us'; from_s?: number; until_s?: number; when?: 'after' | 'before'; width?: number }; body: undefined; answer: string }
  /** The network with the plan as a combined UTDF file of version 8. */
  'GET /plans/{plan}/report.utdf.csv': { at: { plan: string }; query: {}; body: undefined; answer: string }
  /** The network with the patterns that run with the plan, as GeoJSON (RFC 7946). */
  'GET /plans/{plan}/report.geojson': { at: { plan: string }; query: {}; body: undefined; answer: string }
  /** Hold a draft against every rule. */
  'POST /plans/{plan}/checks': { at: { plan: string }; query: {}; body: undefined; answer: { id: string; network: string; network_version: number; corridor: string; period: string; stage: 'draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired'; next_stages: ('draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired')[]; version: number; hash: string; author: string; approver?: string; reason: string; created_at: string; updated_at: string; document: Record<string, unknown>; evaluation?: Record<string, unknown> } }
  /** Simulate a checked plan beside the plan running now. */
  'POST /plans/{plan}/simulations': { at: { plan: string }; query: {}; body: { runs?: number; seed?: number; day_type?: 'weekday' | 'saturday' | 'sunday' | 'holiday' }; answer: { job: string } }
  /** Approve a simulated plan. */
  'POST /plans/{plan}/approvals': { at: { plan: string }; query: {}; body: { accepts?: string[]; note?: string }; answer: { id: string; network: string; network_version: number; corridor: string; period: string; stage: 'draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired'; next_stages: ('draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired')[]; version: number; hash: string; author: string; approver?: string; reason: string; created_at: string; updated_at: string; document: Record<string, unknown>; evaluation?: Record<string, unknown> } }
  /** Let an approved plan run on such days at such times. */
  'POST /plans/{plan}/schedulings': { at: { plan: string }; query: {}; body: { slots: { day_type: 'weekday' | 'saturday' | 'sunday' | 'holiday'; start_s: number; end_s: number }[] }; answer: { plan: { id: string; network: string; network_version: number; corridor: string; period: string; stage: 'draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired'; next_stages: ('draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired')[]; version: number; hash: string; author: string; approver?: string; reason: string; created_at: string; updated_at: string; document: Record<string, unknown>; evaluation?: Record<string, unknown> }; schedule: { version: number; entries: { day_type: 'weekday' | 'saturday' | 'sunday' | 'holiday'; start_s: number; plan?: string }[] } } }
  /** Take a plan out of use. */
  'POST /plans/{plan}/retirements': { at: { plan: string }; query: {}; body: { reason: string }; answer: { id: string; network: string; network_version: number; corridor: string; period: string; stage: 'draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired'; next_stages: ('draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired')[]; version: number; hash: string; author: string; approver?: string; reason: string; created_at: string; updated_at: string; document: Record<string, unknown>; evaluation?: Record<string, unknown> } }
  /** What the rules compared, who loses, and which steps are yours. */
  'GET /plans/{plan}/review': { at: { plan: string }; query: {}; body: undefined; answer: { plan: string; version: number; authors: string[]; faults: string[]; compared: { signal: string; rule: 'minimum-green' | 'pedestrian' | 'conflict' | 'intergreen'; groups: string[]; value_s: number; limit_s: number; holds: boolean }[]; losers: { key: string; over_limit: boolean; kind: string; signal: string; movement?: string; name: string; measure: string; before: number; after: number; limit?: number; sentence: string }[]; simulated?: { runs: number; seed: number; day_type: string; refused?: string }; steps: { step: 'check' | 'simulate' | 'approve' | 'schedule' | 'push' | 'retire'; why?: string; code?: string }[] } }
  /** All that was done with a plan, oldest first. */
  'GET /plans/{plan}/audit': { at: { plan: string }; query: {}; body: undefined; answer: { items: { seq: number; time: string; actor: string; action: string; subject_kind: string; subject: string; detail: Record<string, unknown>; previous: string; hash: string }[] } }
  /** Which plan runs when in a corridor. */
  'GET /networks/{network}/corridors/{corridor}/schedule': { at: { network: string; corridor: string }; query: {}; body: undefined; answer: { version: number; entries: { day_type: 'weekday' | 'saturday' | 'sunday' | 'holiday'; start_s: number; plan?: string }[] } }
  /** The whole schedule of a corridor anew. */
  'PUT /networks/{network}/corridors/{corridor}/schedule': { at: { network: string; corridor: string }; query: {}; body: { entries: { day_type: 'weekday' | 'saturday' | 'sunday' | 'holiday'; start_s: number; plan?: string }[] }; answer: { version: number; entries: { day_type: 'weekday' | 'saturday' | 'sunday' | 'holiday'; start_s: number; plan?: string }[] } }
  /** Cycle, offset and plan of every signal now. */
  'GET /networks/{network}/timings': { at: { network: string }; query: {}; body: undefined; answer: { items: { signal: string; plan?: string; cycle_s: number; offset_s: number; offset_reference: string; doubted: boolean; valid_until: string }[] } }
  /** What every signal runs in a period of a usual day. */
  'GET /networks/{network}/patterns': { at: { network: string }; query: { period?: string; day_type?: 'weekday' | 'saturday' | 'sunday' | 'holiday' }; body: undefined; answer: { period: string; items: Record<string, unknown>[] } }
  /** What a signal must run now. */
  'GET /networks/{network}/signals/{signal}/timing': { at: { network: string; signal: string }; query: {}; body: undefined; answer: { signal: string; hash: string; valid_until: string; plan?: string; doubts: string[]; pattern: Record<string, unknown>; compiled: Record<string, unknown> } }
  /** Compute a plan for a corridor and period. */
  'POST /networks/{network}/drafts': { at: { network: string }; query: {}; body: { corridor: string; period: string; runs: number; seed: number; objective: 'auto' | 'band' | 'multiband' | 'delay' | 'paths'; cycle_min_s?: number; cycle_max_s?: number; why?: boolean; reason: string }; answer: { job: string } }
  /** Simulate a plan, or what runs in the street. */
  'POST /networks/{network}/simulations': { at: { network: string }; query: {}; body: { corridor: string; period: string; runs: number; seed: number; plan?: string }; answer: { job: string } }
  /** Compare a plan with another, seed by seed. */
  'POST /networks/{network}/evaluations': { at: { network: string }; query: {}; body: { corridor: string; period: string; runs: number; seed: number; plan: string; baseline?: string }; answer: { job: string } }
  /** Replan every corridor now. */
  'POST /networks/{network}/nights': { at: { network: string }; query: {}; body: { day?: string }; answer: { day: string; jobs: string[] } }
  /** What a night did. */
  'GET /networks/{network}/nights/{day}': { at: { network: string; day: string }; query: {}; body: undefined; answer: { records: { network: string; corridor: string; day: string; verdict: 'kept' | 'proposed' | 'deployed' | 'returned' | 'held-out' | 'no-data' | 'failed'; input_hash: string; plans: string[]; sentences: string[]; finished_at: string }[]; report: Record<string, unknown> } }
  /** The morning report as a page. */
  'GET /networks/{network}/nights/{day}/report': { at: { network: string; day: string }; query: {}; body: undefined; answer: string }
  /** Corridors that greenwave may change by itself. */
  'GET /networks/{network}/standing-approvals': { at: { network: string }; query: {}; body: undefined; answer: { items: { network: string; corridor: string; by: string; until: string; seq: number }[] } }
  /** Let greenwave deploy plans of a corridor by itself. */
  'POST /networks/{network}/corridors/{corridor}/standing-approvals': { at: { network: string; corridor: string }; query: {}; body: { until: string; note?: string }; answer: { network: string; corridor: string; by: string; until: string; seq: number } }
  /** Greenwave may deploy nothing there by itself any more. */
  'DELETE /networks/{network}/corridors/{corridor}/standing-approvals': { at: { network: string; corridor: string }; query: {}; body: undefined; answer: undefined }
  /** Congestion now: the latest snapshot. */
  'GET /networks/{network}/congestion': { at: { network: string }; query: {}; body: undefined; answer: { id: string; network: string; computed_at: string; document: Record<string, unknown> } }
  /** Congested places of the latest snapshot, the worst first. */
  'GET /networks/{network}/congestion/places': { at: { network: string }; query: {}; body: undefined; answer: { id: string; network: string; computed_at: string; items: Record<string, unknown>[] } }
  /** A snapshot by its id. */
  'GET /publications/{publication}': { at: { publication: string }; query: {}; body: undefined; answer: { id: string; network: string; computed_at: string; document: Record<string, unknown> } }
  /** Congestion index now and in the last minutes. */
  'GET /networks/{network}/index': { at: { network: string }; query: { minutes?: number }; body: undefined; answer: Record<string, unknown> }
  /** The same as a table. */
  'GET /networks/{network}/index.csv': { at: { network: string }; query: { minutes?: number }; body: undefined; answer: string }
  /** Corridors in half an hour and on a usual day, and ways around what is closed. */
  'GET /networks/{network}/outlook': { at: { network: string }; query: { day?: 'working' | 'weekend' }; body: undefined; answer: Record<string, unknown> }
  /** A tile of the map with the state of its links (GeoJSON). */
  'GET /networks/{network}/tiles/{z}/{x}/{y}.geojson': { at: { network: string; z: number; x: number; y: number }; query: {}; body: undefined; answer: string }
  /** Congested places and notices as DATEX II situations. */
  'GET /networks/{network}/datex/situations.xml': { at: { network: string }; query: {}; body: undefined; answer: string }
  /** Speeds, travel times and status of segments as DATEX II elaborated data. */
  'GET /networks/{network}/datex/elaborated-data.xml': { at: { network: string }; query: {}; body: undefined; answer: string }
  /** Signs and what they show as DATEX II tables and states of variable message signs. */
  'GET /networks/{network}/datex/signs.xml': { at: { network: string }; query: {}; body: undefined; answer: string }
  /** Congestion of a day, as a page to print. */
  'GET /networks/{network}/reports/{day}.html': { at: { network: string; day: string }; query: { edition?: 'police' | 'public' }; body: undefined; answer: string }
  /** Congestion of a day, as a table, one row a value. */
  'GET /networks/{network}/reports/{day}.csv': { at: { network: string; day: string }; query: { edition?: 'police' | 'public' }; body: undefined; answer: string }
  /** Congestion of a day, as JSON. */
  'GET /networks/{network}/reports/{day}.json': { at: { network: string; day: string }; query: { edition?: 'police' | 'public' }; body: undefined; answer: string }
  /** Congestion of the seven days from a day on, as a page to print. */
  'GET /networks/{network}/weeks/{day}.html': { at: { network: string; day: string }; query: { edition?: 'police' | 'public' }; body: undefined; answer: string }
  /** Congestion of the seven days from a day on, as a table, one row a value. */
  'GET /networks/{network}/weeks/{day}.csv': { at: { network: string; day: string }; query: { edition?: 'police' | 'public' }; body: undefined; answer: string }
  /** Congestion of the seven days from a day on, as JSON. */
  'GET /networks/{network}/weeks/{day}.json': { at: { network: string; day: string }; query: { edition?: 'police' | 'public' }; body: undefined; answer: string }
  /** All screens. */
  'GET /screens': { at: {}; query: { network?: string }; body: undefined; answer: { items: { id: string; network: string; name: string; kind: 'panel' | 'text' | 'mixed' | 'speed-plate' | 'kiosk'; settings: Record<string, unknown>; version: number }[] } }
  /** One screen. */
  'GET /screens/{screen}': { at: { screen: string }; query: {}; body: undefined; answer: { id: string; network: string; name: string; kind: 'panel' | 'text' | 'mixed' | 'speed-plate' | 'kiosk'; settings: Record<string, unknown>; version: number } }
  /** A screen, new or changed. */
  'PUT /screens/{screen}': { at: { screen: string }; query: {}; body: { network: string; name: string; kind: 'panel' | 'text' | 'mixed' | 'speed-plate' | 'kiosk'; settings: Record<string, unknown> }; answer: { id: string; network: string; name: string; kind: 'panel' | 'text' | 'mixed' | 'speed-plate' | 'kiosk'; settings: Record<string, unknown>; version: number } }
  /** What a screen was sent and what it said to it, newest first. */
  'GET /screens/{screen}/messages': { at: { screen: string }; query: { limit?: number }; body: undefined; answer: { items: { id: string; screen: string; sent_at: string; expires_at: string; content: unknown; basis: unknown; approver?: string; acknowledged_at?: string; read_back?: 'same' | 'different' | 'not-possible' }[] } }
  /** The page of a kiosk. */
  'GET /screens/{screen}/page': { at: { screen: string }; query: {}; body: undefined; answer: string }
  /** What a screen shows now. */
  'GET /screens/{screen}/content': { at: { screen: string }; query: {}; body: undefined; answer: { format: 'greenwave.kiosk/1'; sign: string; now: number; expires_at: number | null; neutral: boolean; content: Record<string, unknown>; message: string | null } }
  /** What a screen says to a message: that it stands there, and what was read back. */
  'POST /screens/{screen}/messages/{message}/acknowledgement': { at: { screen: string; message: string }; query: {}; body: { read_back: 'same' | 'different' | 'not-possible' }; answer: { id: string; acknowledged_at: string; read_back: 'same' | 'different' | 'not-possible' } }
  /** What a screen shows now, as a drawing. */
  'GET /screens/{screen}/picture.svg': { at: { screen: string }; query: { page?: number; part?: 'all' | 'panel' }; body: undefined; answer: string }
  /** What a screen shows now, as a picture. */
  'GET /screens/{screen}/picture.png': { at: { screen: string }; query: { page?: number; part?: 'all' | 'panel' }; body: undefined; answer: string }
  /** What a wall shows of the network asked for, else of the first that is published. */
  'GET /wall': { at: {}; query: { network?: string; known?: number }; body: undefined; answer: Record<string, unknown> }
  /** Server-sent events: a wall should ask again. */
  'GET /wall/events': { at: {}; query: { network?: string }; body: undefined; answer: string }
  /** What a wall shows that has the key of a screen. */
  'GET /screens/{screen}/wall': { at: { screen: string }; query: { known?: number }; body: undefined; answer: Record<string, unknown> }
  /** Server-sent events: the wall of a screen should ask again. */
  'GET /screens/{screen}/wall/events': { at: { screen: string }; query: {}; body: undefined; answer: string }
  /** What is switched for the whole service. */
  'GET /settings': { at: {}; query: {}; body: undefined; answer: { published: boolean } }
  /** Switch something for the whole service. */
  'PUT /settings': { at: {}; query: {}; body: { published: boolean }; answer: { published: boolean } }
  /** Holidays of a network, when its nights are computed, and local rules for its controllers. */
  'GET /networks/{network}/settings': { at: { network: string }; query: {}; body: undefined; answer: { night_at?: string; holidays: string[]; working_days: string[]; write_limits?: { walk_s?: number; walking_mps?: number; crossings?: { signal: string; group: string; width_m: number }[]; yellow_s?: number; clock_skew_s?: number; unread_clock?: 'refuse' | 'allow'; maximum_red_s?: number; cycle_change_s?: number; green_change?: number; settle_s?: number; writes_per_day?: number } } }
  /** Set holidays of a network, when its nights are computed, and local rules for its controllers. */
  'PUT /networks/{network}/settings': { at: { network: string }; query: {}; body: { night_at?: string; holidays: string[]; working_days: string[]; write_limits?: { walk_s?: number; walking_mps?: number; crossings?: { signal: string; group: string; width_m: number }[]; yellow_s?: number; clock_skew_s?: number; unread_clock?: 'refuse' | 'allow'; maximum_red_s?: number; cycle_change_s?: number; green_change?: number; settle_s?: number; writes_per_day?: number } }; answer: { night_at?: string; holidays: string[]; working_days: string[]; write_limits?: { walk_s?: number; walking_mps?: number; crossings?: { signal: string; group: string; width_m: number }[]; yellow_s?: number; clock_skew_s?: number; unread_clock?: 'refuse' | 'allow'; maximum_red_s?: number; cycle_change_s?: number; green_change?: number; settle_s?: number; writes_per_day?: number } } }
  /** All controllers of a network. */
  'GET /networks/{network}/controllers': { at: { network: string }; query: {}; body: undefined; answer: { items: { id: string; network: string; signal: string; protocol: string; settings: Record<string, unknown>; enabled: boolean; version: number }[] } }
  /** One controller as it was set up. */
  'GET /networks/{network}/controllers/{controller}': { at: { network: string; controller: string }; query: {}; body: undefined; answer: { id: string; network: string; signal: string; protocol: string; settings: Record<string, unknown>; enabled: boolean; version: number } }
  /** A controller, new or changed. */
  'PUT /networks/{network}/controllers/{controller}': { at: { network: string; controller: string }; query: {}; body: { signal: string; protocol: string; settings: Record<string, unknown>; enabled: boolean }; answer: { id: string; network: string; signal: string; protocol: string; settings: Record<string, unknown>; enabled: boolean; version: number } }
  /** Take a controller out; nothing is sent to it. */
  'DELETE /networks/{network}/controllers/{controller}': { at: { network: string; controller: string }; query: {}; body: undefined; answer: undefined }
  /** What a controller says of itself now. */
  'GET /networks/{network}/controllers/{controller}/status': { at: { network: string; controller: string }; query: {}; body: undefined; answer: { controller: string; identity: Record<string, unknown>; mode: string; active_slot?: number; clock_skew_s?: number; hash: string; as_accepted?: boolean; deployment?: string; state?: string; level?: number } }
  /** What was last accepted to stand in a controller. */
  'GET /networks/{network}/controllers/{controller}/baseline': { at: { network: string; controller: string }; query: {}; body: undefined; answer: { hash: string; read_at: string; by: string; at: string; config: Record<string, unknown>; image: Record<string, unknown> } }
  /** Greens that the lamps of a controller showed. */
  'GET /networks/{network}/controllers/{controller}/greens': { at: { network: string; controller: string }; query: { from?: string; until?: string }; body: undefined; answer: { controller: string; signal: string; items: { group: string; start: string; end: string; master_s: number }[] } }
  /** Read a controller, and accept what stands in it. */
  'POST /networks/{network}/controllers/{controller}/baselines': { at: { network: string; controller: string }; query: {}; body: { reason: string }; answer: { hash: string; mode: string } }
  /** Emergency: every controller of a network back to its own plan. */
  'POST /networks/{network}/release-all': { at: { network: string }; query: {}; body: { reason: string }; answer: { job: string } }
  /** Send an approved plan to the controllers of its corridor. */
  'POST /plans/{plan}/pushes': { at: { plan: string }; query: {}; body: { mode?: 'temporary' | 'permanent'; lease_s?: number; controllers?: string[]; dry_run?: boolean; reason?: string }; answer: { job: string } }
  /** Answer for a rule that may be overridden. */
  'POST /plans/{plan}/overrides': { at: { plan: string }; query: {}; body: { rule: 'maximum-red' | 'change' | 'too-soon' | 'clock' | 'not-as-approved'; controller?: string; reason: string }; answer: undefined }
  /** Plans on their way to controllers, newest first. */
  'GET /deployments': { at: {}; query: { limit?: number; after?: string; network?: string; controller?: string; run?: string; plan?: string }; body: undefined; answer: { items: { id: string; network: string; corridor: string; run: string; controller: string; signal: string; plan: string; mode: 'temporary' | 'permanent'; state: string; level: number; why?: string; lease_expires_at?: string; by: string; watch?: { begins_at: string; ends_at: string; cycle_s: number; cycles: number }; created_at: string; updated_at: string }[]; next?: string } }
  /** One deployment: what was checked, sent and seen, and who stands for it. */
  'GET /deployments/{deployment}': { at: { deployment: string }; query: {}; body: undefined; answer: { id: string; network: string; corridor: string; run: string; controller: string; signal: string; plan: string; mode: 'temporary' | 'permanent'; state: string; level: number; why?: string; lease_expires_at?: string; by: string; watch?: { begins_at: string; ends_at: string; cycle_s: number; cycles: number }; created_at: string; updated_at: string; findings: Record<string, unknown>[]; items: Record<string, unknown>[]; progress: Record<string, unknown>[]; approvals: Record<string, unknown>[]; sentences: string[]; times: Record<string, unknown>; time_source: string } }
  /** Every message to and from the controller, in order. */
  'GET /deployments/{deployment}/wire': { at: { deployment: string }; query: { after?: number; limit?: number }; body: undefined; answer: { items: { seq: number; time: string; direction: string; hex: string; note?: string; hash: string }[] } }
  /** Bring the controllers of its run back to their own plan. */
  'POST /deployments/{deployment}/release': { at: { deployment: string }; query: {}; body: { reason: string }; answer: { job: string } }
}
