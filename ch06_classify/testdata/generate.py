#!/usr/bin/env python3
"""Writes messages.tsv and finetuning.json: what PyTorch computes when it finetunes a small random GPT for classification.

Needs python3-torch and python3-numpy; run on any machine:
    ./generate.py OUT_DIR

The model, the data set and the training loop are those of the book's chapter 6 and appendix E. A token is a byte, in the order of
GPT-2's vocabulary; token 256 is the end of text, which fills rows up. Each array of finetuning.json holds the losses that an
evaluation every 5 steps found on the first 3 batches of either loader.
"""
import json, random, sys
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

S, V, T, C, H, L, PAD = 123, 257, 64, 16, 2, 2, 256


def messages():
    r = random.Random(5)
    ham = "see you at the|dinner is at|can you call mum about|train leaves at|\"home\" by|did you feed the cat at".split("|")
    spam = "WIN cash now, text|free prize! call|claim your money txt|urgent: you have won, ring|\"free\" entry, reply".split("|")
    lines = [("ham", f"{r.choice(ham)} {r.randrange(100, 1000)}{r.choice(['', '.', ' x', ' :)'])}") for _ in range(70)]
    lines += [("spam", f"{r.choice(spam)} {r.randrange(10000, 90000)}{r.choice(['', '!', ' now'])}") for _ in range(50)]
    r.shuffle(lines)
    return lines


def byte_order():
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return {b: i for i, b in enumerate(printable + [b for b in range(256) if b not in printable])}


def sample(rows, n):  # pandas' sample(n, random_state=S)
    return [rows[i] for i in np.random.RandomState(S).permutation(len(rows))[:n]]


def split(lines):
    ham, spam = [m for m in lines if m[0] == "ham"], [m for m in lines if m[0] == "spam"]
    balanced = sample(ham, len(spam)) + spam
    rows = sample(balanced, len(balanced))
    a, b = int(len(rows) * 0.7), int(len(rows) * 0.7) + int(len(rows) * 0.1)
    return rows[:a], rows[a:b], rows[b:]


class Messages(torch.utils.data.Dataset):
    def __init__(self, rows, length=None):
        order = byte_order()
        ids = [[order[b] for b in text.encode()] for _, text in rows]
        self.length = length or max(map(len, ids))
        self.x = [i[: self.length] + [PAD] * (self.length - len(i)) for i in ids]
        self.y = [int(label == "spam") for label, _ in rows]

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return torch.tensor(self.x[i]), torch.tensor(self.y[i])


class LayerNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale, self.shift = nn.Parameter(torch.ones(C)), nn.Parameter(torch.zeros(C))

    def forward(self, x):
        mean, var = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, unbiased=False)
        return self.scale * (x - mean) / torch.sqrt(var + 1e-5) + self.shift


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.W_query, self.W_key, self.W_value, self.out_proj = (nn.Linear(C, C) for _ in range(4))

    def forward(self, x):
        b, t, _ = x.shape
        q, k, v = (w(x).view(b, t, H, C // H).transpose(1, 2) for w in (self.W_query, self.W_key, self.W_value))
        s = (q @ k.transpose(2, 3)).masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf)
        return self.out_proj((torch.softmax(s / (C // H) ** 0.5, -1) @ v).transpose(1, 2).reshape(b, t, C))


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.expand, self.contract = nn.Linear(C, 4 * C), nn.Linear(4 * C, C)

    def forward(self, x):
        h = self.expand(x)
        return self.contract(0.5 * h * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (h + 0.044715 * h**3))))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.att, self.ff, self.norm1, self.norm2 = Attention(), FeedForward(), LayerNorm(), LayerNorm()

    def forward(self, x):
        x = x + self.att(self.norm1(x))
        return x + self.ff(self.norm2(x))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok_emb, self.pos_emb = nn.Embedding(V, C), nn.Embedding(T, C)
        self.blocks, self.final_norm = nn.Sequential(*(Block() for _ in range(L))), LayerNorm()
        self.out_head = nn.Linear(C, V, bias=False)

    def forward(self, ids):
        x = self.tok_emb(ids) + self.pos_emb(torch.arange(ids.shape[1]))
        return self.out_head(self.final_norm(self.blocks(x)))


class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear, self.scale = linear, alpha / rank
        self.A = nn.Parameter(torch.empty(linear.in_features, rank))
        nn.init.kaiming_uniform_(self.A, a=5**0.5)
        self.B = nn.Parameter(torch.zeros(rank, linear.out_features))

    def forward(self, x):
        return self.linear(x) + self.scale * (x @ self.A @ self.B)


def add_lora(module, rank, alpha):
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, LinearWithLoRA(child, rank, alpha))
        else:
            add_lora(child, rank, alpha)


def loss_of(model, x, y):
    return F.cross_entropy(model(x)[:, -1], y)


def loss_over(model, loader, n=None):
    with torch.no_grad():
        losses = [loss_of(model, x, y).item() for i, (x, y) in enumerate(loader) if n is None or i < n]
    return sum(losses) / len(losses)


def accuracy(model, loader):
    right = total = 0
    with torch.no_grad():
        for x, y in loader:
            right, total = right + (model(x)[:, -1].argmax(-1) == y).sum().item(), total + len(y)
    return right / total


def first_batches(loader, n):  # as the book's loops: the iterator is left after n batches
    for i, batch in enumerate(loader):
        if i >= n:
            break
        yield batch


def finetune(lora):
    parts = split(messages())
    train = Messages(parts[0])
    loaders = [torch.utils.data.DataLoader(d, batch_size=8, shuffle=s, drop_last=s)
               for d, s in ((train, True), (Messages(parts[1], train.length), False), (Messages(parts[2], train.length), False))]
    torch.manual_seed(S)
    model = GPT().eval()
    for p in model.parameters():
        p.requires_grad = False
    torch.manual_seed(S)
    model.out_head = nn.Linear(C, 2)
    if lora:
        torch.manual_seed(S)
        add_lora(model, 4, 8)
    else:
        for part in (model.blocks[-1], model.final_norm):
            for p in part.parameters():
                p.requires_grad = True
    out = {"trained": sum(p.numel() for p in model.parameters() if p.requires_grad), "length": train.length}
    out["initial_test_loss"] = loss_over(model, loaders[2])
    torch.manual_seed(S)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=0.1)
    out["train"], out["val"], step = [], [], -1
    for _ in range(4):
        for x, y in loaders[0]:
            optimizer.zero_grad()
            loss_of(model, x, y).backward()
            optimizer.step()
            step += 1
            if step % 5 == 0:
                for name, loader in (("train", loaders[0]), ("val", loaders[1])):
                    out[name].append(loss_over(model, first_batches(loader, 3)))
    out["accuracies"] = [accuracy(model, loader) for loader in loaders]
    return out


def main():
    with open(sys.argv[1] + "/messages.tsv", "w") as f:
        f.writelines(f"{label}\t{text}\n" for label, text in messages())
    with open(sys.argv[1] + "/finetuning.json", "w") as f:
        json.dump({"last_block": finetune(False), "lora": finetune(True)}, f, indent=1)


if __name__ == "__main__":
    main()
