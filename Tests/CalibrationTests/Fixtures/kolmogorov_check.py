"""Durbin's matrix (Marsaglia, Tsang, Wang 2003) in 40 digits, beside scipy: the source of the correction to ks_crit_n500.

At n = 500 scipy 1.17 answers by an approximation of the tail: for 1 % its critical value 0.0724304466 has the exact
tail probability 0.00999996970, the value below has 0.01.
"""
import mpmath as mp, scipy.stats as st

mp.mp.dps = 40


def cdf(d, n):
    d = mp.mpf(d)
    k = int(n * d) + 1
    m, h = 2 * k - 1, k - n * d
    H = mp.matrix(m, m)
    for i in range(m):
        for j in range(m):
            H[i, j] = 1 if i - j + 1 >= 0 else 0
    for i in range(m):
        H[i, 0] -= h ** (i + 1)
        H[m - 1, i] -= h ** (m - i)
    H[m - 1, 0] += (2 * h - 1) ** m if 2 * h - 1 > 0 else 0
    for i in range(m):
        for j in range(m):
            if i - j + 1 > 0:
                H[i, j] /= mp.factorial(i - j + 1)
    v = mp.matrix(m, 1)
    v[k - 1] = 1
    for i in range(1, n + 1):
        v = H * v * mp.mpf(i) / n
    return v[k - 1]


for n, p in ((50, 0.01), (100, 0.01), (500, 0.1), (500, 0.05), (500, 0.01)):
    d = st.kstwo.ppf(1 - p, n)
    exact = mp.findroot(lambda x: 1 - cdf(x, n) - mp.mpf(str(p)), (d, d * (1 - 1e-7)), tol=1e-25)
    print(n, p, "scipy", d, "its exact tail", mp.nstr(1 - cdf(d, n), 15), "exact critical value", mp.nstr(exact, 17))
