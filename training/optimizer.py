"""Muon for the matrices inside the blocks, AdamW for the embedding table and the norms.

Muon takes the momentum M of a matrix and steps along its nearest orthogonal matrix, found by a few Newton-Schulz
iterations, so that all directions of the matrix move alike:

    M ← β M + G          U = G + β M (Nesterov)          W ← W − η s NS(U) − η λ W

    G gradient, β = 0.95 momentum, η learning rate, λ weight decay, s = sqrt(max(1, rows/columns))

Source: Keller Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024; the coefficients of
the iteration are theirs.
"""
import torch


def orthogonalise(matrix, iterations=5):
    """U Vᵀ of the singular value decomposition U Σ Vᵀ, approximately (singular values end between 0.7 and 1.2)."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix / (matrix.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    for _ in range(iterations):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for parameter in group["params"]:
                state = self.state[parameter]
                if not state:
                    state["momentum"] = torch.zeros_like(parameter)
                momentum = state["momentum"].mul_(group["momentum"]).add_(parameter.grad)
                update = orthogonalise(parameter.grad + group["momentum"] * momentum)
                scale = max(1.0, parameter.shape[0] / parameter.shape[1]) ** 0.5
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(update, alpha=-group["lr"] * scale)


def optimizers(model, config):
    """(Muon, AdamW) for `model`; the norms are not decayed."""
    matrices = [parameter for parameter in model.blocks.parameters() if parameter.dim() == 2]
    norms = [parameter for parameter in model.parameters() if parameter.dim() == 1]
    return (
        Muon(matrices, lr=config["matrix_learning_rate"], weight_decay=config["weight_decay"]),
        torch.optim.AdamW(
            [{"params": [model.embedding], "weight_decay": config["weight_decay"]},
             {"params": norms, "weight_decay": 0.0}],
            lr=config["vector_learning_rate"], betas=(0.9, 0.95), eps=1e-10),
    )
