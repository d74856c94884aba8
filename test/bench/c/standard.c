// The standard kernel (src/spc/standard) in C: the limit that the other forms are measured against, and their check, written for speed.
// Same record, same semantics, same event hash; the tables are built here from their definitions. Needs x86-64 with SSE4.1.
//
//   cc -O3 -march=native -fno-trapping-math -ffp-contract=off -o standard standard.c -lm
//   standard <input>          then lines on stdin: "run <block>" -> "<CPU ns> <events> <hash>", "records <file>" writes the records
//
// Input, little-endian: u32 streams, points, is_exact, is_plain (no reading ahead); f64 lambda, width, k, h, range limit; then columns of f64,
// one entry a stream: centre, sigma, spec lower, spec upper, plausible lower, plausible upper; then u32 ix, f64 x, f64 t, one entry a point.
#include <math.h>
#include <smmintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
  double centre, previous;
  double inv_sigma, newest;
  double spec_upper, not_spec_lower;
  double plausible_lower, plausible_upper;
  double cusum_up, cusum_down;
  double ewma, mean;
  double squares;
  uint32_t count, raw;
  int8_t lanes[16];
} Record;

_Static_assert(sizeof(Record) == 128, "two cache lines");

enum { RAW_BAD = 1 << 24, RAW_LATE = 1 << 25, BAD = 1 << 14, LATE = 1 << 15 };
enum { UP_2, UP, RISING, TURN_UP, UP_2_MISS, UP_1_MISS, WITHIN, BEYOND, DOWN_2, DOWN, FALLING, TURN_DOWN, DOWN_2_MISS, DOWN_1_MISS, UP_1, DOWN_1 };
enum { AHEAD = 24 };

typedef struct {
  uint8_t source[16];
  int8_t step[16], threshold[16], unused[16];
} Row;

static _Alignas(64) Row table[3][32];
static double (*limits)[2];
static uint32_t last_limit;
static double lambda, width, k, h, range_limit;
static uint32_t streams, points, is_exact, is_plain;
static Record *records, *start;
static uint32_t *ix, *event_point, *event_stream, *event_bits;
static double *xs, *ts, bad, late;
static uint32_t hash[2];

static void lane(Row *row, int to, int from, int longest) {
  row->source[to] = (uint8_t)from;
  row->step[to] = 1;
  row->threshold[to] = (int8_t)longest;
}

/** Zones as in lanes.ts: even on a line, odd between two. */
static void build_table(void) {
  for (int direction = 0; direction < 3; direction++)
    for (int zone = -8; zone <= 8; zone++) {
      Row *row = &table[direction][zone + 8];
      memset(row->source, 0x80, 16);
      memset(row->threshold, 127, 16);
      const int up1 = zone > 2, up2 = zone > 4, up3 = zone > 6, down1 = zone < -2, down2 = zone < -4, down3 = zone < -6;
      if (up2) lane(row, UP_2, UP_2, up3 ? 0 : 127);
      if (down2) lane(row, DOWN_2, DOWN_2, down3 ? 0 : 127);
      if (zone > 0) lane(row, UP, UP, 8);
      if (zone < 0) lane(row, DOWN, DOWN, 8);
      if (direction == 1) lane(row, RISING, RISING, 4), lane(row, TURN_UP, TURN_DOWN, 12);
      if (direction == 2) lane(row, FALLING, FALLING, 4), lane(row, TURN_DOWN, TURN_UP, 12);
      lane(row, UP_2_MISS, up2 ? UP_2_MISS : UP_2, up2 ? 2 : 127);
      lane(row, DOWN_2_MISS, down2 ? DOWN_2_MISS : DOWN_2, down2 ? 2 : 127);
      lane(row, UP_1_MISS, up1 ? UP_1_MISS : UP_1, up1 ? 4 : 127);
      lane(row, DOWN_1_MISS, down1 ? DOWN_1_MISS : DOWN_1, down1 ? 4 : 127);
      if (up1) lane(row, UP_1, UP_1, 7);
      if (down1) lane(row, DOWN_1, DOWN_1, 7);
      if (up1 || down1) lane(row, BEYOND, BEYOND, 7);
      else lane(row, WITHIN, WITHIN, 14);
    }
}

static void build_limits(void) {
  const double rest = 1 - lambda, asymptotic = lambda / (2 - lambda);
  double decay = 1;
  limits = calloc(65536, sizeof *limits);
  last_limit = 0;
  do {
    decay = is_exact ? decay * (rest * rest) : 0;
    limits[++last_limit][0] = width * sqrt(asymptotic * (1 - decay));
    limits[last_limit][1] = range_limit;
  } while (1 - decay != 1);
}

static uint32_t signals_of(uint32_t raw) {
  const uint32_t rules = (raw ^ (raw >> 8) ^ ((raw >> 14 & 1) * 0xc0)) & 0xff;
  return rules | (raw >> 8 & 0x1f00) | (raw >> 9 & 0x2000) | (raw >> 10 & 0xc000);
}

static __attribute__((noinline)) uint32_t raise_event(uint32_t events, uint32_t point, uint32_t stream, uint32_t count, uint32_t bits) {
  event_point[events] = point;
  event_stream[events] = stream;
  event_bits[events] = bits;
  uint32_t mixed = (stream + 1) * 0x9e3779b1u ^ count * 0x85ebca77u;
  mixed = (mixed ^ mixed >> 15) * 0x2c1b3c6du ^ bits * 0xc2b2ae3du;
  mixed = (mixed ^ mixed >> 13) * 0x297a2d39u;
  mixed ^= mixed >> 16;
  hash[0] += mixed;
  mixed = (mixed ^ bits) * 0x9e3779b1u ^ stream;
  hash[1] += mixed ^ mixed >> 15;
  return events + 1;
}

static __attribute__((noinline)) uint32_t refuse(uint32_t events, uint32_t point, uint32_t stream, uint32_t flag, uint32_t bit) {
  Record *r = &records[stream];
  if (flag == RAW_BAD) bad += 1;
  else late += 1;
  if (r->raw & flag) return events;
  r->raw |= flag;
  return raise_event(events, point, stream, r->count, bit);
}

static __attribute__((noinline)) uint32_t change(uint32_t events, uint32_t point, uint32_t stream, uint32_t raw) {
  Record *r = &records[stream];
  const uint32_t rises = signals_of(raw) & ~signals_of(r->raw);
  r->raw = raw;
  return rises ? raise_event(events, point, stream, r->count, rises) : events;
}

static inline __attribute__((always_inline)) uint32_t run(uint32_t from, uint32_t to, const int reads_ahead) {
  const __m128d other_side = _mm_set_pd(-0.0, 0.0), zero = _mm_setzero_pd();
  const __m128d least = _mm_set_sd(-4), most = _mm_set_sd(4), magic = _mm_set_sd(1.5 * (1ll << 46) + 8);
  const __m128d weights = _mm_set_pd(1, lambda), rest = _mm_set_sd(1 - lambda), kk = _mm_set1_pd(k), hh = _mm_set1_pd(h);
  const uint32_t last = last_limit;
  uint32_t events = 0;
  for (uint32_t i = from; i < to; i++) {
    if (reads_ahead && i + AHEAD < to) {
      const char *next = (const char *)&records[ix[i + AHEAD]];
      __builtin_prefetch(next, 1);
      __builtin_prefetch(next + 64, 1);
    }
    const uint32_t stream = ix[i];
    Record *r = &records[stream];
    const double x = xs[i], t = ts[i];
    if (__builtin_expect(!(x >= r->plausible_lower && x <= r->plausible_upper), 0)) {
      events = refuse(events, i, stream, RAW_BAD, BAD);
      continue;
    }
    if (__builtin_expect(!(t >= r->newest), 0)) {
      events = refuse(events, i, stream, RAW_LATE, LATE);
      continue;
    }
    r->newest = t;
    uint32_t count = r->count;
    if (__builtin_expect(count != UINT32_MAX, 1)) {
      r->count = ++count;
      const double deviation = x - r->mean, mean = r->mean + deviation / count;
      r->mean = mean;
      r->squares += deviation * (x - mean);
    }
    // Centre and previous value are written together as they are read together: a wide load of narrow stores would wait for them.
    const __m128d xx = _mm_set1_pd(x), pair = _mm_load_pd(&r->centre), off = _mm_sub_pd(xx, pair);
    _mm_store_pd(&r->centre, _mm_unpacklo_pd(pair, xx));
    const __m128d z = _mm_mul_pd(off, _mm_set1_pd(r->inv_sigma));

    const __m128d cut = _mm_min_sd(_mm_max_sd(z, least), most);
    const __m128d row_number = _mm_add_sd(_mm_add_sd(_mm_ceil_sd(cut, cut), _mm_floor_sd(cut, cut)), magic);
    const __m128d steps = _mm_cmpgt_pd(_mm_xor_pd(_mm_unpackhi_pd(off, off), other_side), zero);
    const uint32_t row_at = (uint32_t)_mm_cvtsi128_si32(_mm_castpd_si128(row_number)) + ((uint32_t)_mm_movemask_pd(steps) << 11);
    const Row *row = (const Row *)((const char *)table + row_at);
    __m128i lanes = _mm_shuffle_epi8(_mm_load_si128((const __m128i *)r->lanes), _mm_load_si128((const __m128i *)row->source));
    lanes = _mm_adds_epi8(lanes, _mm_load_si128((const __m128i *)row->step));
    _mm_store_si128((__m128i *)r->lanes, lanes);
    uint32_t raw = (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(lanes, _mm_load_si128((const __m128i *)row->threshold)));

    const __m128d ewma = _mm_add_pd(_mm_mul_pd(z, weights), _mm_mul_pd(_mm_load_sd(&r->ewma), rest));
    _mm_store_sd(&r->ewma, ewma);
    const __m128d both = _mm_xor_pd(_mm_unpacklo_pd(z, z), other_side);
    const __m128d cusum = _mm_max_pd(_mm_add_pd(_mm_load_pd(&r->cusum_up), _mm_sub_pd(both, kk)), zero);
    _mm_store_pd(&r->cusum_up, cusum);
    const __m128d over_h = _mm_cmpgt_pd(cusum, hh);
    const __m128d over_spec = _mm_cmpgt_pd(_mm_xor_pd(xx, other_side), _mm_load_pd(&r->spec_upper));
    const __m128d over_limit = _mm_cmpgt_pd(_mm_andnot_pd(_mm_set1_pd(-0.0), ewma), _mm_load_pd(limits[count < last ? count : last]));
    const __m128i packed = _mm_packs_epi32(_mm_packs_epi32(_mm_castpd_si128(over_h), _mm_castpd_si128(over_spec)), _mm_castpd_si128(over_limit));
    raw |= (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(packed, _mm_setzero_si128())) << 16;
    if (__builtin_expect(raw != r->raw, 0)) events = change(events, i, stream, raw);
  }
  return events;
}

static __attribute__((noinline)) uint32_t run_in_cache(uint32_t from, uint32_t to) { return run(from, to, 0); }
static __attribute__((noinline)) uint32_t run_ahead(uint32_t from, uint32_t to) { return run(from, to, 1); }

static void *column(FILE *file, size_t bytes, size_t n) {
  void *values = aligned_alloc(128, (bytes * n + 127) / 128 * 128);
  if (values == NULL || fread(values, bytes, n, file) != n) {
    fprintf(stderr, "input too short\n");
    exit(1);
  }
  return values;
}

static void read_input(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    exit(1);
  }
  uint32_t *head = column(file, 4, 4);
  streams = head[0], points = head[1], is_exact = head[2], is_plain = head[3];
  double *design = column(file, 8, 5);
  lambda = design[0], width = design[1], k = design[2], h = design[3], range_limit = design[4];
  double *of[6];
  for (int i = 0; i < 6; i++) of[i] = column(file, 8, streams);
  ix = column(file, 4, points);
  xs = column(file, 8, points);
  ts = column(file, 8, points);
  fclose(file);
  records = aligned_alloc(128, sizeof(Record) * (size_t)streams);
  start = aligned_alloc(128, sizeof(Record) * (size_t)streams);
  memset(start, 0, sizeof(Record) * (size_t)streams);
  for (uint32_t s = 0; s < streams; s++) {
    Record *r = &start[s];
    r->centre = of[0][s];
    r->inv_sigma = 1 / of[1][s];
    r->previous = NAN;
    r->newest = -INFINITY;
    r->not_spec_lower = -of[2][s];
    r->spec_upper = of[3][s];
    const double most = 1.7976931348623157e308 / 4, reach = 1e300 / r->inv_sigma;
    r->plausible_lower = fmax(fmax(of[4][s], -most), r->centre - reach);
    r->plausible_upper = fmin(fmin(of[5][s], most), r->centre + reach);
  }
  event_point = calloc(points, 4);
  event_stream = calloc(points, 4);
  event_bits = calloc(points, 4);
}

static double cpu_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int argc, char **argv) {
  char line[4096];
  if (argc != 2) return 2;
  read_input(argv[1]);
  build_table();
  build_limits();
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (strncmp(line, "records ", 8) == 0) {
      line[strcspn(line, "\n")] = 0;
      FILE *file = fopen(line + 8, "wb");
      if (file == NULL || fwrite(records, sizeof(Record), streams, file) != streams) return 1;
      fclose(file);
      printf("ok\n");
    } else {
      const uint32_t block = (uint32_t)strtoul(line + 4, NULL, 10);
      uint32_t (*const step)(uint32_t, uint32_t) = is_plain ? run_in_cache : run_ahead;
      uint64_t events = 0;
      memcpy(records, start, sizeof(Record) * (size_t)streams);
      hash[0] = hash[1] = 0;
      const double began = cpu_ns();
      for (uint32_t at = 0; at < points; at += block) events += step(at, points - at < block ? points : at + block);
      printf("%.0f %llu %08x%08x\n", cpu_ns() - began, (unsigned long long)events, hash[0], hash[1]);
    }
    fflush(stdout);
  }
  return 0;
}
