// Matrix products against the plain sum of products in double: shapes around the edges of blocks,
// strides, transposes, batches, epilogues, NaN and infinity, and the same bits for more threads.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "engine/isa.hpp"
#include "engine/threads.hpp"
#include "kernels/gemm.hpp"

using namespace pellucid;
using std::int64_t;

namespace {

int failures = 0, checks = 0;
std::mt19937 random_bits(7);

int64_t any(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_bits);
}

void check(bool good, const char* what, const GemmShape& s) {
    ++checks;
    if (good) return;
    ++failures;
    std::printf(
        "FAILED %s: m %ld n %ld k %ld, steps a %ld %ld b %ld %ld c %ld, %ld axes of batch\n", what,
        long(s.m), long(s.n), long(s.k), long(s.a_row), long(s.a_col), long(s.b_row), long(s.b_col),
        long(s.c_row), long(s.batch.size()));
}

// A matrix somewhere in memory: contiguous, transposed or with gaps.
struct Strides {
    int64_t row, col, size;
};
Strides strides(int64_t rows, int64_t cols, int kind) {
    const int64_t gap = kind / 3 % 2 * 5;
    if (kind % 3 == 0) return {cols + gap, 1, rows * (cols + gap) + 1};
    if (kind % 3 == 1) return {1, rows + gap, cols * (rows + gap) + 1};
    return {cols * 2 + 3, 2, rows * (cols * 2 + 3) + 1};
}

template <class T>
std::vector<T> numbers(int64_t size) {
    std::vector<T> x(static_cast<size_t>(size));
    for (T& each : x) each = static_cast<T>(any(-1000, 1000)) / T(512);
    return x;
}

template <class T>
struct Problem {
    GemmShape s;
    std::vector<T> a, b;
    std::vector<double> right, scale;  // the product, and that of the absolute values

    Problem(int64_t m, int64_t n, int64_t k, int kind_a, int kind_b, int64_t gap_c = 0) {
        const Strides sa = strides(m, k, kind_a), sb = strides(k, n, kind_b);
        s = {m, n, k, sa.row, sa.col, sb.row, sb.col, n + gap_c};
        a = numbers<T>(sa.size), b = numbers<T>(sb.size);
        solve();
    }
    void solve() {
        right.assign(static_cast<size_t>(s.m * s.n), 0), scale = right;
        for (int64_t i = 0; i < s.m; ++i)
            for (int64_t p = 0; p < s.k; ++p) {
                const double x = a[static_cast<size_t>(i * s.a_row + p * s.a_col)];
                for (int64_t j = 0; j < s.n; ++j) {
                    const double y = b[static_cast<size_t>(p * s.b_row + j * s.b_col)];
                    right[static_cast<size_t>(i * s.n + j)] += x * y;
                    scale[static_cast<size_t>(i * s.n + j)] += std::abs(x * y);
                }
            }
    }
    bool is_right(const T* c, int64_t row_step) const {
        const double limit = 4 * std::numeric_limits<T>::epsilon() * std::sqrt(double(s.k) + 1);
        for (int64_t i = 0; i < s.m; ++i)
            for (int64_t j = 0; j < s.n; ++j) {
                const auto at = static_cast<size_t>(i * s.n + j);
                const double got = double(c[i * row_step + j]), want = right[at];
                if (std::isnan(want) != std::isnan(got)) return false;
                if (std::isinf(want) ? want != got : std::abs(got - want) > limit * scale[at])
                    return false;
            }
        return true;
    }
};

template <class T>
struct Collected {
    std::vector<T> c;
    std::vector<int> seen;
    int64_t n;
    static void call(void* state, int64_t row, int64_t rows, int64_t column, int64_t columns,
                     void* tile, int64_t step) {
        auto* self = static_cast<Collected*>(state);
        for (int64_t i = 0; i < rows; ++i)
            for (int64_t j = 0; j < columns; ++j) {
                const auto at = static_cast<size_t>((row + i) * self->n + column + j);
                self->c[at] = static_cast<T*>(tile)[i * step + j];
                ++self->seen[at];
            }
    }
    bool all_once() const {
        for (int each : seen)
            if (each != 1) return false;
        return true;
    }
};

template <class T>
void test(const Problem<T>& problem) {
    const GemmShape& s = problem.s;
    const T mark = T(-77.25);
    std::vector<T> first;
    for (int threads : {1, 2, 3}) {
        set_thread_limit(threads);
        std::vector<T> c(static_cast<size_t>(s.m * s.c_row + 1), mark);
        gemm<T>(s.m, s.n, s.k, problem.a.data(), s.a_row, s.a_col, problem.b.data(), s.b_row,
                s.b_col, c.data(), s.c_row);
        if (threads == 1) {
            first = c;
            check(problem.is_right(c.data(), s.c_row), "product", s);
            bool untouched = c.back() == mark;
            for (int64_t i = 0; i < s.m; ++i)
                for (int64_t j = s.n; j < s.c_row; ++j)
                    untouched = untouched && c[static_cast<size_t>(i * s.c_row + j)] == mark;
            check(untouched, "outside of C", s);
        } else {
            check(c.empty() || !std::memcmp(c.data(), first.data(), c.size() * sizeof(T)), "bits",
                  s);
        }
        const Gemm<T> product(s);
        if (product.takes_rows() && s.m > 1 && s.k > 1) {  // A's rows, or columns, one by one
            std::vector<const T*> rows;
            for (int64_t i = 0; i <= (s.a_col == 1 ? s.m : s.k); ++i)
                rows.push_back(problem.a.data() + i * (s.a_col == 1 ? s.a_row : s.a_col));
            rows.back() = rows[0];
            std::vector<T> d(static_cast<size_t>(s.m * s.c_row + 1), mark);
            product(rows.data(), problem.b.data(), d.data());
            check(std::memcmp(d.data(), first.data(), d.size() * sizeof(T)) == 0, "rows", s);
        }
        const auto size = static_cast<size_t>(s.m * s.n);
        for (bool inside : {false, true}) {
            Collected<T> got{std::vector<T>(size), std::vector<int>(size), s.n};
            const Epilogue epilogue{Collected<T>::call, &got};
            const Gemm<T> planned(s);
            planned(problem.a.data(), problem.b.data(), inside ? nullptr : c.data(), &epilogue);
            bool same = got.all_once();
            for (int64_t i = 0; i < s.m; ++i)
                same = same && (s.n == 0 || std::memcmp(&got.c[static_cast<size_t>(i * s.n)],
                                                        &first[static_cast<size_t>(i * s.c_row)],
                                                        static_cast<size_t>(s.n) * sizeof(T)) == 0);
            check(same, inside ? "epilogue without C" : "epilogue", s);
        }
    }
}

// A batch of one axis, or of two whose products C holds side by side, column by column of the inner
// axis: C's rows are then `heads` times as far apart.
template <class T>
void test_batch(int64_t outer, int64_t heads, int64_t m, int64_t n, int64_t k, int kind_a,
                int kind_b) {
    Problem<T> one(m, n, k, kind_a, kind_b);
    GemmShape s = one.s;
    const auto size = static_cast<int64_t>(one.a.size());
    s.c_row = heads * n;
    s.batch = {{outer, heads * size, 0, heads * m * n}};
    if (heads > 1) s.batch.push_back({heads, size, 0, n});
    std::vector<T> a, c(static_cast<size_t>(outer * heads * m * n)), first;
    for (int64_t i = 0; i < outer * heads; ++i)
        for (T x : one.a) a.push_back(x * static_cast<T>(i % 5 - 2));
    for (int threads : {1, 2, 3}) {
        set_thread_limit(threads);
        std::fill(c.begin(), c.end(), T(3));
        gemm_batch<T>(s, a.data(), one.b.data(), c.data());
        if (threads > 1) {
            check(c.empty() || !std::memcmp(c.data(), first.data(), c.size() * sizeof(T)), "bits",
                  s);
            continue;
        }
        first = c;
        bool good = true;
        for (int64_t i = 0; i < outer * heads; ++i) {
            one.a.assign(a.begin() + i * size, a.begin() + (i + 1) * size);
            one.solve();
            const T* part = c.data() + i / heads * heads * m * n + i % heads * n;
            good = good && one.is_right(part, s.c_row);
        }
        check(good, "batch", s);
    }
}

// A NaN or an infinity reaches its row and its column of C, and no other number.
template <class T>
void test_not_finite(int64_t m, int64_t n, int64_t k, int kind_a, int kind_b) {
    Problem<T> problem(m, n, k, kind_a, kind_b);
    const GemmShape& s = problem.s;
    const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
    problem.a[static_cast<size_t>(any(0, m - 1) * s.a_row + any(0, k - 1) * s.a_col)] = inf;
    problem.b[static_cast<size_t>(any(0, k - 1) * s.b_row + any(0, n - 1) * s.b_col)] = nan;
    problem.solve();
    test(problem);
}

template <class T>
void test_all() {
    const int64_t edges[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  13, 14,  15,  16,  17,
                             31, 32, 33, 47, 48, 49, 63, 64, 65, 80, 96, 100, 127, 128, 129};
    constexpr int64_t count = sizeof edges / sizeof *edges;
    for (int i = 0; i < 1500; ++i) {
        const auto edge = [&] { return edges[any(0, count - 1)]; };
        test(Problem<T>(edge(), edge(), edge(), int(any(0, 5)), int(any(0, 5)), any(0, 1) * 3));
    }
    for (int64_t m : {1, 2, 3, 4, 5, 8, 17, 32})  // the smallest ones, all of them
        for (int64_t n : {1, 2, 7, 8, 9, 16})
            for (int64_t k : {1, 2, 3, 8, 15, 32})
                for (int kind = 0; kind < 4; ++kind) test(Problem<T>(m, n, k, kind % 2, kind / 2));
    for (int kind = 0; kind < 36; ++kind) {  // large enough for chunks, pieces and panels
        test(Problem<T>(any(100, 330), any(100, 330), any(100, 330), kind % 6, kind / 6));
        test(Problem<T>(any(1, 70), any(250, 600), any(400, 1300), kind % 6, kind / 6));
        test(Problem<T>(any(250, 600), any(1, 40), any(400, 1300), kind % 6, kind / 6));
        test(Problem<T>(any(1, 70), any(1, 40), any(8000, 14000), kind % 6, kind / 6));
        test(Problem<T>(any(1000, 5000), any(1, 20), any(1, 30), kind % 6, kind / 6));
        for (int64_t heads : {1, 2, 5})
            test_batch<T>(any(1, 40), heads, any(0, 40), any(0, 40), any(0, 40), kind % 6,
                          kind / 6);
        test_not_finite<T>(any(1, 40), any(1, 40), any(1, 40), kind % 6, kind / 6);
    }
    test_batch<T>(5, 1, 200, 130, 90, 0, 0);
    test_batch<T>(2, 1, 20, 13, 9000, 1, 0);
    test_batch<T>(3, 2, 200, 130, 90, 1, 1);
    test_batch<T>(32, 4, 32, 16, 32, 0, 1);
}

}  // namespace

int main() {
    test_all<float>();
    test_all<double>();
    std::printf("%s: %d checks, %d failed\n", name_of(isa()), checks, failures);
    return failures == 0 ? 0 : 1;
}
