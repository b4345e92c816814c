// Ask llama.cpp itself about a GGUF, so that conversion can be checked and figures are those of the file as used.
//
//   gguf-probe MODEL tokenize   stdin: one text per line (\n escaped as \\n)    → its token ids, one line each
//   gguf-probe MODEL pieces     stdin: token ids per line                       → the text they stand for
//   gguf-probe MODEL logits     stdin: token ids per line                       → logits of the last position
//   gguf-probe MODEL score      stdin: token ids per line                       → -log p of every id after the first
//   gguf-probe MODEL greedy N   stdin: token ids per line                       → up to N ids, until end of generation
//
// One line in, one line out. Runs on one thread; context and batch are those of the model.

#include "llama.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using Tokens = std::vector<llama_token>;

static void quiet(ggml_log_level level, const char * text, void *) {
    if (level == GGML_LOG_LEVEL_ERROR) {
        std::fputs(text, stderr);
    }
}

static Tokens parse(const std::string & line) {
    std::istringstream in(line);
    Tokens tokens;
    for (llama_token token; in >> token;) {
        tokens.push_back(token);
    }
    return tokens;
}

static Tokens tokenize(const llama_vocab * vocab, const std::string & text) {
    Tokens tokens(text.size() + 8);
    const int count = llama_tokenize(vocab, text.data(), (int) text.size(), tokens.data(), (int) tokens.size(),
                                     /*add_special=*/false, /*parse_special=*/true);
    tokens.resize(std::max(count, 0));
    return tokens;
}

static std::string text_of(const llama_vocab * vocab, const Tokens & tokens) {
    std::string text(tokens.size() * 64 + 64, '\0');
    const int count = llama_detokenize(vocab, tokens.data(), (int) tokens.size(), text.data(), (int) text.size(),
                                       /*remove_special=*/false, /*unparse_special=*/true);
    text.resize(std::max(count, 0));
    return text;
}

// Evaluates tokens at positions start…; logits are kept for the last one, or for all of them.
static bool evaluate(llama_context * context, const Tokens & tokens, int start, bool all) {
    llama_batch batch = llama_batch_init((int) tokens.size(), 0, 1);
    for (size_t i = 0; i < tokens.size(); ++i) {
        batch.token[i] = tokens[i];
        batch.pos[i] = start + (int) i;
        batch.n_seq_id[i] = 1;
        batch.seq_id[i][0] = 0;
        batch.logits[i] = all || i + 1 == tokens.size();
    }
    batch.n_tokens = (int) tokens.size();
    const bool done = llama_decode(context, batch) == 0;
    llama_batch_free(batch);
    return done;
}

static double negative_log_probability(const float * logits, int vocab_size, llama_token token) {
    const double top = *std::max_element(logits, logits + vocab_size);
    double sum = 0;
    for (int i = 0; i < vocab_size; ++i) {
        sum += std::exp(logits[i] - top);
    }
    return top + std::log(sum) - logits[token];
}

int main(int argc, char ** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: gguf-probe MODEL tokenize|pieces|logits|score|greedy [N]\n");
        return 2;
    }
    const std::string mode = argv[2];
    llama_log_set(quiet, nullptr);
    llama_backend_init();
    llama_model * model = llama_model_load_from_file(argv[1], llama_model_default_params());
    if (!model) {
        return 1;
    }
    const llama_vocab * vocab = llama_model_get_vocab(model);
    const int vocab_size = llama_vocab_n_tokens(vocab);
    llama_context_params params = llama_context_default_params();
    params.n_ctx = llama_model_n_ctx_train(model);
    params.n_batch = params.n_ubatch = params.n_ctx;
    params.n_threads = params.n_threads_batch = 1;
    llama_context * context = llama_init_from_model(model, params);

    for (std::string line; std::getline(std::cin, line);) {
        if (mode == "tokenize") {
            for (size_t at; (at = line.find("\\n")) != std::string::npos;) {
                line.replace(at, 2, "\n");
            }
            for (llama_token token : tokenize(vocab, line)) {
                std::printf("%d ", token);
            }
            std::puts("");
            continue;
        }
        const Tokens tokens = parse(line);
        if (mode == "pieces") {
            std::puts(text_of(vocab, tokens).c_str());
            continue;
        }
        llama_memory_clear(llama_get_memory(context), true);
        if (tokens.empty() || !evaluate(context, tokens, 0, mode == "score")) {
            std::puts("error");
            continue;
        }
        if (mode == "logits") {
            const float * logits = llama_get_logits_ith(context, -1);
            for (int i = 0; i < vocab_size; ++i) {
                std::printf("%.6g ", logits[i]);
            }
        } else if (mode == "score") {
            for (size_t i = 0; i + 1 < tokens.size(); ++i) {
                std::printf("%.6g ", negative_log_probability(llama_get_logits_ith(context, (int) i), vocab_size, tokens[i + 1]));
            }
        } else if (mode == "greedy") {
            const int limit = argc > 3 ? std::stoi(argv[3]) : 60;
            int position = (int) tokens.size();
            for (int n = 0; n < limit && position < (int) params.n_ctx; ++n, ++position) {
                const float * logits = llama_get_logits_ith(context, -1);
                const llama_token next = (llama_token) (std::max_element(logits, logits + vocab_size) - logits);
                std::printf("%d ", next);
                if (llama_vocab_is_eog(vocab, next) || !evaluate(context, {next}, position, false)) {
                    break;
                }
            }
        }
        std::puts("");
        std::fflush(stdout);
    }
    llama_free(context);
    llama_model_free(model);
    return 0;
}
