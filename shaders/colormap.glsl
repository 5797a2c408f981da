// Viridis (S. van der Walt, N. Smith, 2015, CC0), as a polynomial of degree 6 in each channel,
// fitted by least squares: no channel is off by more than 5/255.
vec3 viridis(float t)
{
    vec3 c = vec3(-5.43208, 4.64157, 26.27211);
    c = c * t + vec3(4.75179, -13.74944, -65.32097);
    c = c * t + vec3(6.20374, 14.15396, 56.65630);
    c = c * t + vec3(-4.59993, -5.75824, -19.29181);
    c = c * t + vec3(-0.32724, 0.21481, 0.09198);
    c = c * t + vec3(0.10771, 1.39647, 1.38677);
    c = c * t + vec3(0.27446, 0.00577, 0.33266);
    return clamp(c, 0.0, 1.0);
}
