# SPDX-License-Identifier: Apache-2.0
# A decode of the shape of GPT-2 large in PyTorch, an NVTX range a step, one of them in a range `one`: knows nothing of
# ridge.
import torch

layers, width, heads, context, steps = 36, 1280, 20, 325, 12
torch.manual_seed(1)


def weight(rows, columns):
    return torch.randn(rows, columns, device="cuda", dtype=torch.bfloat16) * 0.02


blocks = [(weight(width, 3 * width), weight(width, width), weight(width, 4 * width), weight(4 * width, width))
          for _ in range(layers)]
keys = torch.randn(heads, width // heads, context, device="cuda", dtype=torch.bfloat16)
values = torch.randn(heads, context, width // heads, device="cuda", dtype=torch.bfloat16)
state = torch.randn(1, width, device="cuda", dtype=torch.bfloat16)

for step in range(steps):
    if step == 3:  # past what the first steps load and choose
        torch.cuda.nvtx.range_push("one")
    torch.cuda.nvtx.range_push("step")
    for qkv, out, up, down in blocks:
        query = (state @ qkv)[:, :width].reshape(heads, 1, width // heads)
        mixed = torch.softmax(query @ keys, dim=-1) @ values
        state = state + mixed.reshape(1, width) @ out
        state = state + torch.nn.functional.gelu(state @ up) @ down
    torch.cuda.synchronize()
    torch.cuda.nvtx.range_pop()
    if step == 3:
        torch.cuda.nvtx.range_pop()
