// How fast matrix products are: a line for each shape and number of threads, best of several runs.
// Called as: gemm_speed [threads ...]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "engine/isa.hpp"
#include "engine/threads.hpp"
#include "kernels/gemm.hpp"

using namespace pellucid;
using std::int64_t;

namespace {

struct Case {
    int64_t m, k, n;
    char kind;  // 'n', 't': A is stored transposed, 'w': B is
};

constexpr Case CASES[] = {
    {32, 784, 128, 'n'},    {784, 32, 128, 't'},    {32, 128, 64, 'n'},     {128, 784, 128, 'n'},
    {784, 128, 128, 't'},   {128, 128, 64, 'n'},    {128, 784, 256, 'n'},   {128, 256, 128, 'n'},
    {256, 1024, 2048, 'n'}, {256, 2048, 2048, 'n'}, {2048, 256, 2048, 't'}, {256, 2048, 1024, 'w'},
    {10000, 784, 128, 'n'}, {1024, 784, 128, 'n'},  {50176, 25, 6, 'n'},    {25, 50176, 6, 't'},
    {6400, 150, 16, 'n'},   {150, 6400, 16, 't'},   {6400, 16, 150, 'w'},   {64, 400, 120, 'n'},
    {1, 784, 128, 'n'},     {1, 128, 784, 'w'},     {32, 30, 64, 'n'},      {64, 32, 32, 'w'},
    {4, 2, 8, 'n'},         {4, 8, 1, 'n'},         {8, 4, 1, 't'},         {2, 4, 8, 't'},
    {32, 2, 8, 'n'},        {2, 32, 8, 't'},        {32, 8, 1, 'n'},        {8, 32, 1, 't'},
    {8, 4, 1, 'n'},         {8, 32, 1, 'n'},        {32, 10, 64, 'w'},
};

double seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

void measure(const Case& x, int threads) {
    set_thread_limit(threads);
    const auto size = [](int64_t p, int64_t q) { return static_cast<size_t>(p * q); };
    std::vector<float> a(size(x.m, x.k), 1.0f), b(size(x.k, x.n), 0.5f), c(size(x.m, x.n));
    const bool ta = x.kind == 't', tb = x.kind == 'w';
    const Gemm<float> product(
        {x.m, x.n, x.k, ta ? 1 : x.k, ta ? x.m : 1, tb ? 1 : x.n, tb ? x.k : 1, x.n});
    const double operations = 2.0 * double(x.m) * double(x.n) * double(x.k);
    const int repeats = 1 + static_cast<int>(2e6 / (operations + 500));
    double best = 1e9;
    const double until = seconds() + 0.25;
    for (int i = 0; i < 5 || seconds() < until; ++i) {
        const double start = seconds();
        for (int j = 0; j < repeats; ++j) product(a.data(), b.data(), c.data());
        const double each = (seconds() - start) / repeats;
        if (each < best) best = each;
    }
    std::printf("%6ld x %5ld x %4ld %c  threads %d  %10.3f us  %7.1f GFLOP/s\n", long(x.m),
                long(x.k), long(x.n), x.kind, threads, best * 1e6, operations / best / 1e9);
}

}  // namespace

int main(int count, char** words) {
    std::printf("%s\n", name_of(isa()));
    for (int i = 1; i < (count > 1 ? count : 2); ++i)
        for (const Case& each : CASES) measure(each, count > 1 ? std::atoi(words[i]) : 1);
    return 0;
}
