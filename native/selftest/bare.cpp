// graffiti-bare: the plain llama.cpp loop that `graffiti bench decode` compares with. The same library,
// context parameters, thread pool and sampler chain as the engine; no callback, no spray, no events.
// A run's seconds go from its first token to its last, as in the engine's replySeconds: tokens − 1 decodes.

#include "backend.hpp"
#include "batch.hpp"
#include "engine.hpp"
#include "error.hpp"
#include "model.hpp"
#include "sampler.hpp"

#include <ggml-cpu.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace graffiti;
using Clock = std::chrono::steady_clock;

constexpr const char * usage =
    "usage: graffiti-bare --model FILE [--device cpu|cuda|metal|rpc:HOST:PORT] [--threads N] [--tokens T]\n"
    "                     [--prompt-tokens P] [--runs R] [--context-size N] [--sessions N]\n"
    "                     [--temperature X] [--top-k N] [--top-p X] [--min-p X] [--seed N] [--json]\n"
    "Decodes T tokens after a prompt of P tokens, R times, with plain llama.cpp; prints tokens per second.\n"
    "End tokens do not end a run. Defaults: 1 thread, 128 tokens, 16 prompt tokens, 3 runs, the library's sampling.\n";

struct Arguments {
    ModelOptions model;
    EngineOptions engine;
    SamplingOptions sampling;
    size_t tokens = 128;
    size_t prompt_tokens = 16;
    size_t runs = 3;
    bool json = false;
};

bool parse(int count, char ** values, Arguments & arguments) {
    arguments.model.device = "cpu";
    arguments.sampling.seed = 1;
    for (int i = 1; i < count; ++i) {
        const std::string name = values[i];
        if (name == "--json") {
            arguments.json = true;
            continue;
        }
        if (i + 1 >= count) {
            return false;
        }
        const std::string value = values[++i];
        char * end = nullptr;
        const double number = std::strtod(value.c_str(), &end);
        const bool numeric = !value.empty() && *end == '\0' && number >= 0.0;
        if (name == "--model") {
            arguments.model.path = value;
        } else if (name == "--device") {
            arguments.model.device = value;
        } else if (!numeric) {
            return false;
        } else if (name == "--threads") {
            arguments.engine.threads = static_cast<int>(number);
        } else if (name == "--tokens") {
            arguments.tokens = static_cast<size_t>(number);
        } else if (name == "--prompt-tokens") {
            arguments.prompt_tokens = static_cast<size_t>(number);
        } else if (name == "--runs") {
            arguments.runs = static_cast<size_t>(number);
        } else if (name == "--context-size") {
            arguments.engine.context_tokens = static_cast<uint32_t>(number);
        } else if (name == "--sessions") {
            arguments.engine.sequences = static_cast<uint32_t>(number);
        } else if (name == "--temperature") {
            arguments.sampling.temperature = static_cast<float>(number);
        } else if (name == "--top-k") {
            arguments.sampling.top_k = static_cast<int32_t>(number);
        } else if (name == "--top-p") {
            arguments.sampling.top_p = static_cast<float>(number);
        } else if (name == "--min-p") {
            arguments.sampling.min_p = static_cast<float>(number);
        } else if (name == "--seed") {
            arguments.sampling.seed = static_cast<uint32_t>(number);
        } else {
            return false;
        }
    }
    return !arguments.model.path.empty() && arguments.tokens >= 2 && arguments.prompt_tokens >= 1 && arguments.runs >= 1 && arguments.engine.threads >= 1 &&
           arguments.engine.sequences >= 1 && arguments.prompt_tokens + arguments.tokens <= arguments.engine.context_tokens;
}

struct FreeThreadpool {
    void operator()(ggml_threadpool * pool) const { ggml_threadpool_free(pool); }
};

class BareLoop {
  public:
    BareLoop(const Model & model, const EngineOptions & options) : model_(model), batch_tokens_(std::min<uint32_t>(512, options.context_tokens)) {
        // Engine::create_context, without the callback.
        llama_context_params parameters = llama_context_default_params();
        parameters.n_ctx = options.context_tokens * (options.sequences + 1);
        parameters.n_seq_max = options.sequences + 1;
        parameters.n_batch = std::max(batch_tokens_, options.sequences);
        parameters.n_ubatch = parameters.n_batch;
        parameters.n_threads = options.threads;
        parameters.n_threads_batch = options.threads;
        parameters.kv_unified = true;
        parameters.no_perf = true;
        context_.reset(llama_init_from_model(model.handle(), parameters));
        if (!context_) {
            throw Error("ERR_NATIVE", "llama.cpp could not create a context: " + take_backend_errors());
        }
        ggml_threadpool_params pool = ggml_threadpool_params_default(options.threads);
        threadpool_.reset(ggml_threadpool_new(&pool));
        llama_attach_threadpool(context_.get(), threadpool_.get(), threadpool_.get());
    }

    // Seconds from the first token to the last.
    double run(const std::vector<llama_token> & prompt, size_t count, const SamplingOptions & sampling) {
        llama_memory_clear(llama_get_memory(context_.get()), true);
        Sampler sampler(model_, sampling);
        Batch batch(batch_tokens_);
        for (size_t begin = 0; begin < prompt.size(); begin += batch_tokens_) {
            batch.clear();
            for (size_t i = begin; i < std::min(prompt.size(), begin + batch_tokens_); ++i) {
                batch.add(prompt[i], static_cast<llama_pos>(i), 0, i + 1 == prompt.size());
            }
            decode(batch);
        }
        llama_token token = sampler.sample(context_.get(), static_cast<int32_t>(batch.size()) - 1);
        size_t bytes = model_.piece(token, false).size();
        const Clock::time_point started = Clock::now();
        for (size_t i = 1; i < count; ++i) {
            batch.clear();
            batch.add(token, static_cast<llama_pos>(prompt.size() + i - 1), 0, true);
            decode(batch);
            token = sampler.sample(context_.get(), 0);
            bytes += model_.piece(token, false).size();
        }
        const double seconds = std::chrono::duration<double>(Clock::now() - started).count();
        bytes_ += bytes;
        return seconds;
    }

    size_t bytes() const { return bytes_; }  // of all text, so that making it cannot be optimised away

  private:
    void decode(const Batch & batch) {
        if (llama_decode(context_.get(), batch.get()) != 0) {
            throw Error("ERR_NATIVE", "llama.cpp could not decode: " + take_backend_errors());
        }
    }

    const Model & model_;
    uint32_t batch_tokens_;
    std::unique_ptr<ggml_threadpool, FreeThreadpool> threadpool_;
    ContextPointer context_;
    size_t bytes_ = 0;
};

void print_rates(const Arguments & arguments, const Model & model, const std::vector<double> & rates, size_t bytes) {
    std::vector<double> sorted(rates);
    std::sort(sorted.begin(), sorted.end());
    const double median = 0.5 * (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]);
    if (!arguments.json) {
        for (const double rate : rates) {
            std::printf("%.2f tokens/s\n", rate);
        }
        std::printf("median %.2f tokens/s, %zu bytes of text\n", median, bytes);
        return;
    }
    std::printf("{\"device\":\"%s\",\"parameters\":%llu,\"threads\":%d,\"promptTokens\":%zu,\"tokens\":%zu,\"bytes\":%zu,\"tokensPerSecond\":[",
        model.device().c_str(),
        static_cast<unsigned long long>(llama_model_n_params(model.handle())),
        arguments.engine.threads,
        arguments.prompt_tokens,
        arguments.tokens,
        bytes);
    for (size_t i = 0; i < rates.size(); ++i) {
        std::printf("%s%.3f", i == 0 ? "" : ",", rates[i]);
    }
    std::printf("],\"median\":%.3f}\n", median);
}

void measure(const Arguments & arguments) {
    const std::shared_ptr<const Model> model = Model::load(arguments.model, {});
    std::string text = "One morning a girl went to the park with her dog. ";
    std::vector<llama_token> prompt;
    while (prompt.size() < arguments.prompt_tokens) {
        text += text;
        prompt = model->tokenize(text, true, false);
    }
    prompt.resize(arguments.prompt_tokens);
    BareLoop loop(*model, arguments.engine);
    std::vector<double> rates;
    for (size_t run = 0; run < arguments.runs; ++run) {
        rates.push_back(static_cast<double>(arguments.tokens - 1) / loop.run(prompt, arguments.tokens, arguments.sampling));
        std::fprintf(stderr, "run %zu of %zu: %.2f tokens/s\n", run + 1, arguments.runs, rates.back());
    }
    print_rates(arguments, *model, rates, loop.bytes());
}

}  // namespace

int main(int count, char ** values) {
    Arguments arguments;
    if (!parse(count, values, arguments)) {
        std::fputs(usage, stderr);
        return 2;
    }
    try {
        measure(arguments);
    } catch (const Error & error) {
        std::fprintf(stderr, "%s: %s\n", error.code(), error.what());
        return 1;
    } catch (const std::exception & error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
