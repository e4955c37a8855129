// How a product is cut. The numbers here were measured; all that changes bits is `piece`, `split`,
// `dots` and `turned`, which are chosen by shape and strides.
#include "kernels/gemm_plan.hpp"

#include <algorithm>

namespace pellucid {

namespace {

using std::int64_t;

constexpr double WORTH_THREADS = 0.4e6;  // operations: below, waking a thread costs more
constexpr double CHUNK = 0.2e6;          // operations of a chunk, at least
constexpr double LARGE_CHUNK = 64e6;     // operations of a chunk that may well be cut further
constexpr int64_t ENOUGH_CHUNKS = 8;
constexpr int64_t PIECE = 2048;      // bytes of k: a tile's rows of A then fit the first cache
constexpr int64_t SPLIT = 4096;      // of a long k
constexpr int64_t SPLITS = 64;       // at most
constexpr int64_t TALL = 4;          // rows of B for each of A
constexpr int64_t CACHED = 1 << 20;  // bytes of B that stay in caches from step to step

int64_t quotient_up(int64_t x, int64_t y) { return (x + y - 1) / y; }
int64_t multiple_up(int64_t x, int64_t y) { return quotient_up(x, y) * y; }
// `n` in even parts of at most `most`, each a multiple of `unit`.
int64_t even(int64_t n, int64_t most, int64_t unit) {
    return n <= most ? n : multiple_up(quotient_up(n, quotient_up(n, most)), unit);
}

void turn(GemmPlan& p) {
    std::swap(p.m, p.n);
    std::swap(p.a_row, p.b_col);
    std::swap(p.a_col, p.b_row);
    for (GemmAxis& axis : p.axes) std::swap(axis.a, axis.b);
    p.c_row = p.n == 1 ? 1 : p.n;
    p.turned = true;
}

void read_batch(GemmPlan& p, const std::vector<GemmAxis>& batch) {
    p.batch = 1;
    for (const GemmAxis& axis : batch) {
        p.batch *= axis.length;
        if (axis.length == 1) continue;
        const auto runs_on = [&](int64_t GemmAxis::* step) {
            return p.axes.back().*step == axis.length * (axis.*step);
        };
        if (!p.axes.empty() && runs_on(&GemmAxis::a) && runs_on(&GemmAxis::b) &&
            runs_on(&GemmAxis::c))
            p.axes.back() = {p.axes.back().length * axis.length, axis.a, axis.b, axis.c};
        else
            p.axes.push_back(axis);
    }
}

double operations(const GemmPlan& p) {
    return 2.0 * static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k);
}

void cut_dots(GemmPlan& p) {
    p.dots = true;
    p.chunk_rows = std::max<int64_t>(64, multiple_up(131072 / std::max<int64_t>(p.k, 1), 16));
    p.row_chunks = quotient_up(p.m, p.chunk_rows);
    p.b_numbers = p.b_row == 1 ? 0 : multiple_up(p.k, 16);
}

template <class T>
void choose_tiles(GemmPlan& p, const GemmKernels<T>& kernels) {
    constexpr int64_t size = sizeof(T);
    p.half = kernels.has_half && p.n <= kernels.lanes / 2;
    p.lanes = kernels.lanes / (p.half ? 2 : 1);
    const int64_t vectors = quotient_up(p.n, p.lanes);
    p.vectors = p.m <= kernels.rows[4] ? 4 : kernels.panel;
    if (p.m <= kernels.rows[8] && vectors % 8 == 0) p.vectors = 8;
    p.vectors = std::min(p.vectors, vectors);
    p.rows = std::min<int64_t>(kernels.rows[p.vectors], p.m);
    p.piece = PIECE / size;
    p.chained = vectors == p.vectors && p.k >= 8 &&
                ((p.vectors == 1 && p.m <= 2) || (p.vectors == 2 && p.m == 1));
    // Rows of B lie well for tiles, unless a tile takes little of each and they are far apart.
    const int64_t far = p.vectors * p.lanes * size >= 256 ? 4096 : 512;
    const bool many = p.m >= 128 && p.k >= 128 && vectors > p.vectors;
    p.pack_b = p.b_col != 1 || (many && p.b_row * size >= far);
}

// Chunks of some 256 x 256 numbers keep their part of B in the second cache; smaller ones, where
// there would not be enough for several threads.
void cut_chunks(GemmPlan& p) {
    p.chunk_rows = p.m, p.chunk_columns = p.n;
    if (operations(p) < WORTH_THREADS && p.n <= 512) return;
    const int64_t columns = p.lanes * p.vectors;
    p.chunk_columns = even(p.n, 256, columns);
    p.chunk_rows = even(p.m, 256, p.rows);
    for (;;) {
        p.row_chunks = quotient_up(p.m, p.chunk_rows);
        p.column_chunks = quotient_up(p.n, p.chunk_columns);
        const int64_t chunks = p.parts() * p.batch;
        const double each =
            2.0 * static_cast<double>(p.chunk_rows * p.chunk_columns) * static_cast<double>(p.k);
        if (each < 2 * CHUNK || chunks >= (each < LARGE_CHUNK ? ENOUGH_CHUNKS : 4 * ENOUGH_CHUNKS))
            return;
        const bool few = chunks < ENOUGH_CHUNKS;
        const bool by_rows = p.chunk_rows >= (few ? 2 * p.rows : 192);
        const bool by_columns = p.chunk_columns > (few ? columns : 128);
        // What is packed should serve many rows; else as little as can be is read of A and B.
        const bool rather_rows = !p.pack_b && 2 * p.chunk_rows > p.chunk_columns;
        if (by_rows && (rather_rows || !by_columns))
            p.chunk_rows = multiple_up(quotient_up(p.chunk_rows, 2), p.rows);
        else if (by_columns)
            p.chunk_columns = multiple_up(quotient_up(p.chunk_columns, 2), columns);
        else
            return;
    }
}

// C is so small, and k so long, that k is what is cut.
bool cut_long_k(GemmPlan& p) {
    if (p.m * p.n > 4096 || p.k < 2 * SPLIT || operations(p) < WORTH_THREADS) return false;
    p.split = std::max(SPLIT, multiple_up(quotient_up(p.k, SPLITS), 16));
    p.splits = quotient_up(p.k, p.split);
    p.chunk_rows = p.m, p.chunk_columns = p.n;
    return true;
}

// B is much taller than A: the kernel of a layer, most likely, whose gradient and update are cut by
// its rows. Cut so here too, a thread meets the rows that are in its own cache since.
bool cut_tall_b(GemmPlan& p, int64_t size) {
    const bool tall = p.batch == 1 && p.b_col == 1 && p.k >= 256 && p.k >= TALL * p.m;
    if (!tall || operations(p) < WORTH_THREADS || p.k * p.n * size > CACHED) return false;
    p.split = quotient_up(p.k, 2);
    p.splits = 2;
    p.chunk_rows = quotient_up(p.m, std::min(quotient_up(p.m, p.rows), ENOUGH_CHUNKS / 2));
    p.chunk_columns = p.n;
    return true;
}

template <class T>
void choose_blocks(GemmPlan& p, const GemmKernels<T>& kernels) {
    choose_tiles(p, kernels);
    if (!cut_long_k(p) && !cut_tall_b(p, sizeof(T))) cut_chunks(p);
    p.chunk_rows = quotient_up(p.m, quotient_up(p.m, p.chunk_rows));  // as even as can be
    p.row_chunks = quotient_up(p.m, p.chunk_rows);
    p.column_chunks = quotient_up(p.n, p.chunk_columns);
    // An epilogue wants some 2000 numbers at a time: that many outweigh its call.
    p.slab = multiple_up(std::max<int64_t>(2 * p.rows, quotient_up(2048, p.chunk_columns)), p.rows);
    const int64_t width = multiple_up(p.chunk_columns, p.lanes);
    p.b_numbers = p.pack_b ? multiple_up(width * std::min(p.k, p.piece), 16) + 16 : 0;
    const int64_t kept = p.k <= p.piece ? std::min(p.slab, p.chunk_rows) : p.chunk_rows;
    p.c_numbers = p.chunk_columns * kept;
    p.row_cut = Cut(p.m, 1, p.rows);
    p.direct = p.splits == 1 && p.parts() == 1 && !p.pack_b && p.k > 0 && p.k <= p.piece &&
               p.n <= p.lanes * p.vectors;
}

}  // namespace

template <class T>
GemmPlan plan_gemm(const GemmShape& s, const GemmKernels<T>& kernels) {
    GemmPlan p{};
    p.m = s.m, p.n = s.n, p.k = s.k;
    p.a_row = s.a_row, p.a_col = s.a_col, p.b_row = s.b_row, p.b_col = s.b_col, p.c_row = s.c_row;
    read_batch(p, s.batch);
    p.row_chunks = p.column_chunks = p.splits = p.batch_chunk = 1;
    if (p.m == 0 || p.n == 0) return p;
    // A step along a length of 1 is never taken: the one that suits best is as good as any.
    if (p.n == 1) p.b_col = 1;
    if (p.m == 1) p.a_row = 1;
    if (p.k == 1 && p.a_row != 1) p.a_col = 1;
    if (p.n == 1 && p.c_row == 1 && p.m > 1 && p.a_col != 1 && p.a_row == 1)
        turn(p);
    else if (p.m == 1 && p.n > 1 && p.b_col != 1 && p.b_row == 1)
        turn(p);
    if (p.n == 1 && p.a_col == 1)
        cut_dots(p);
    else
        choose_blocks(p, kernels);
    if (p.splits == 1 && p.parts() == 1)
        p.batch_chunk = std::clamp<int64_t>(static_cast<int64_t>(CHUNK / (operations(p) + 50)), 1,
                                            std::max<int64_t>(p.batch, 1));
    return p;
}

template GemmPlan plan_gemm<float>(const GemmShape&, const GemmKernels<float>&);
template GemmPlan plan_gemm<double>(const GemmShape&, const GemmKernels<double>&);

}  // namespace pellucid
