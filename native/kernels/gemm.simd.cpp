// One part of a matrix product by tiles: packs what lies badly, then multiplies.
#include "kernels/gemm_pack.hpp"
#include "kernels/gemm_plan.hpp"
#include "kernels/gemm_tile.hpp"
#include "kernels/gemv.hpp"

namespace pellucid::PELLUCID_ISA {

namespace {

constexpr int PANEL = most_rows(4) >= 6 ? 4 : 2;
constexpr bool HAS_HALF = VECTOR_BYTES == 64;
constexpr int HALF_BYTES = HAS_HALF ? VECTOR_BYTES / 2 : VECTOR_BYTES;

template <class T, int BYTES, bool UNIT>
constexpr Tiles<T> TILES = all_tiles<T, BYTES, UNIT>();
template <class T, bool UNIT>
constexpr Tiles<T> SCATTERED = scattered_tiles<T, UNIT>();
template <class T, int BYTES>
constexpr Tiles<T> CHAINED = all_chained<T, BYTES>();

template <class T, int BYTES>
PELLUCID_INLINE const Tiles<T>& tiles_of(const GemmPlan& plan) {
    if (plan.chained) return CHAINED<T, BYTES>;
    return plan.a_row == 1 ? TILES<T, BYTES, true> : TILES<T, BYTES, false>;
}

template <class T>
PELLUCID_INLINE const Tiles<T>& tiles_of(const GemmPlan& plan, bool scattered = false) {
    if (scattered) return plan.a_row == 1 ? SCATTERED<T, true> : SCATTERED<T, false>;
    return plan.half ? tiles_of<T, HALF_BYTES>(plan) : tiles_of<T, VECTOR_BYTES>(plan);
}

// The panels of B and C that a chunk has, and how B's lie in memory.
template <class T>
struct Panels {
    const GemmPlan& plan;
    const Tiles<T>& tiles;
    Cut cut;
    const T* b;           // of this piece of k
    std::int64_t length;  // of the piece

    std::int64_t width(std::int64_t columns) const {  // of a packed panel
        return (columns + plan.lanes - 1) / plan.lanes * plan.lanes;
    }
    void pack_to(T* to) {
        for (std::int64_t j = 0; j < cut.parts; ++j) {
            const std::int64_t column = cut.begin(j), wide = cut.begin(j + 1) - column;
            pack<T>(b + column * plan.b_col, plan.b_col, plan.b_row, wide, length,
                    to + column * length, width(wide));
        }
        b = to;
    }
};

// Where a tile's numbers of A begin: at (row, k) of the whole product.
template <class T>
PELLUCID_INLINE void set_a(Tile<T>& tile, const GemmPlan& plan, const GemmWork<T>& w,
                           std::int64_t row, std::int64_t k) {
    if (w.table == nullptr) {
        tile.a = w.a + row * plan.a_row + k * plan.a_col;
    } else {
        const bool turned = plan.a_row == 1;
        tile.rows = w.table + (turned ? k : row);
        tile.at = turned ? row : k;
    }
}

// Rows that lie anywhere: asks for the beginnings of the next tile's while this one is multiplied.
template <class T>
PELLUCID_INLINE void fetch(const GemmWork<T>& w, std::int64_t row, std::int64_t rows,
                           std::int64_t k) {
    constexpr std::int64_t line = 64 / static_cast<std::int64_t>(sizeof(T));
    const std::int64_t end = std::min(row + rows, w.row + w.rows);
    for (; row < end; ++row)
        for (int i = 0; i < 4; ++i) __builtin_prefetch(w.table[row] + k + i * line);
}

// All tiles of some rows: a tile's rows of A stay in the first cache while B passes by.
template <class T>
PELLUCID_INLINE void multiply(const Panels<T>& panels, const GemmWork<T>& w, std::int64_t first,
                              std::int64_t from_k, std::int64_t rows, T* c, std::int64_t c_row,
                              bool add) {
    const GemmPlan& plan = panels.plan;
    const Cut cut(rows, 1, plan.rows);
    Tile<T> tile{};
    tile.a_row = plan.a_row, tile.a_step = plan.a_col, tile.b_step = plan.b_row;
    tile.c_row = c_row, tile.k = panels.length, tile.add = add;
    for (std::int64_t i = 0; i < cut.parts; ++i) {
        const std::int64_t row = cut.begin(i), high = cut.begin(i + 1) - row;
        set_a(tile, plan, w, first + row, from_k);
        if (w.table != nullptr && plan.a_row != 1)
            fetch(w, first + cut.begin(i + 1), plan.rows, from_k);
        for (std::int64_t j = 0, column = 0; j < panels.cut.parts; ++j) {
            const std::int64_t end = panels.cut.begin(j + 1), wide = end - column;
            const std::int64_t width = panels.width(wide);
            tile.b = panels.b + (plan.pack_b ? column * panels.length : column);
            if (plan.pack_b) tile.b_step = width;
            tile.tail = static_cast<int>(wide - width + plan.lanes);
            tile.c = c + row * c_row + column;
            panels.tiles.at[high][width / plan.lanes](tile);
            column = end;
        }
    }
}

template <class T>
void fill_zeros(T* c, std::int64_t c_row, std::int64_t rows, std::int64_t columns) {
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < columns; ++j) c[i * c_row + j] = T(0);
}

// Where a slab of C goes: to its place, or to scratch memory for the epilogue alone. That holds one
// slab, or all rows where the sums go on with the next piece of k.
template <class T>
PELLUCID_INLINE T* slab_at(const GemmWork<T>& w, std::int64_t row, bool one_piece) {
    if (w.c != nullptr) return w.c + (w.row + row) * w.c_row + w.column;
    return w.scratch_c + (one_piece ? 0 : row * w.columns);
}

template <class T>
void block(const GemmPlan& plan, const GemmWork<T>& w) {
    const std::int64_t c_row = w.c != nullptr ? w.c_row : w.columns;
    const Cut pieces(w.to_k - w.from_k, 1, plan.piece);
    const Cut slabs(w.rows, 1, w.epilogue != nullptr ? plan.slab : w.rows);
    Panels<T> panels{plan, tiles_of<T>(plan, w.table != nullptr),
                     Cut(w.columns, plan.lanes, plan.vectors), nullptr, 0};
    for (std::int64_t q = 0; q < pieces.parts || q == 0; ++q) {
        const std::int64_t from = w.from_k + pieces.begin(q);
        panels.length = w.from_k + pieces.begin(q + 1) - from;
        panels.b = w.b + from * plan.b_row + w.column * plan.b_col;
        if (plan.pack_b) panels.pack_to(w.scratch_b);
        for (std::int64_t i = 0; i < slabs.parts; ++i) {
            const std::int64_t row = slabs.begin(i), rows = slabs.begin(i + 1) - row;
            T* c = slab_at(w, row, pieces.parts <= 1);
            if (pieces.parts == 0)
                fill_zeros(c, c_row, rows, w.columns);
            else
                multiply(panels, w, w.row + row, from, rows, c, c_row, q > 0);
            if (w.epilogue != nullptr && q + 1 >= pieces.parts)
                w.epilogue->call(w.epilogue->state, w.row + row, rows, w.column, w.columns, c,
                                 c_row);
        }
    }
}

// The whole of a small product: nothing is computed here that the plan can know.
template <class T>
void direct(const GemmPlan& plan, const T* a, const T* b, T* c) {
    const auto& tiles = tiles_of<T>(plan);
    Tile<T> tile{a,          plan.a_row, plan.a_col,
                 b,          plan.b_row, c,
                 plan.c_row, plan.k,     static_cast<int>(plan.n - (plan.vectors - 1) * plan.lanes),
                 false,      nullptr,    0};
    for (std::int64_t i = 0; i < plan.row_cut.parts; ++i) {
        const std::int64_t high = plan.row_cut.each + (i < plan.row_cut.more);
        tiles.at[high][plan.vectors](tile);
        tile.a += high * plan.a_row, tile.c += high * plan.c_row;
    }
}

template <class T>
constexpr GemmKernels<T> KERNELS{
    Vector<T, VECTOR_BYTES>::lanes,
    {0, most_rows(1), most_rows(2), most_rows(3), most_rows(4), 0, 0, 0, most_rows(8)},
    PANEL,
    HAS_HALF,
    block<T>,
    direct<T>,
    dots<T>};

}  // namespace

extern const GemmKernels<float> gemm_of_floats = KERNELS<float>;
extern const GemmKernels<double> gemm_of_doubles = KERNELS<double>;

}  // namespace pellucid::PELLUCID_ISA
