// Process-wide llama.cpp state: initialised once, its log kept for error messages, its devices listed.
#pragma once

#include <ggml-backend.h>

#include <cstdint>
#include <string>
#include <vector>

namespace graffiti {

struct Device {
    std::string name;         // "CPU", "CUDA0", "Metal", "RPC0"
    std::string description;  // as the backend gives it
    std::string kind;         // "cpu", "gpu", "accelerator"
    uint64_t memory_free;     // bytes
    uint64_t memory_total;    // bytes
};

// Initialises llama.cpp once per process; safe to call from any thread, any number of times.
void initialise_backend();

std::vector<Device> list_devices();

// Registers a `ggml-rpc-server` at "host:port" as a device and returns it. Throws ERR_NATIVE when
// the RPC backend is not built in or the server does not answer.
ggml_backend_dev_t add_rpc_device(const std::string & endpoint);

// The first GPU whose backend registry carries this name ("CUDA", "Metal"), any GPU for "", or null.
ggml_backend_dev_t find_gpu(const std::string & backend_name);

// Bytes of main memory in this machine, 0 when unknown.
uint64_t main_memory();

// What llama.cpp said at error level since the last call, for the message of the error being thrown.
std::string take_backend_errors();

}  // namespace graffiti
