// A rectangle of the target, as a strip of four vertices without a vertex buffer.
uniform vec4 uRectangle; // left, top, width, height in pixels, from the top left corner
uniform vec2 uTargetSize; // pixels
uniform float uUp; // +1: the target's first row is its lowest (a window); -1: its highest

out vec2 vPosition; // 0..1 from the top left corner of the rectangle

void main()
{
    vPosition = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
    vec2 pixel = uRectangle.xy + vPosition * uRectangle.zw;
    vec2 clip = pixel / uTargetSize * 2.0 - 1.0;
    gl_Position = vec4(clip.x, -clip.y * uUp, 0.0, 1.0);
}
